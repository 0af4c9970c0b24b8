-- critical: The nation is the sum of the 50 states and the District of Columbia, without Puerto Rico: 333,287,562 in 2022, as the Bureau gives it.
-- rests on: a rule of the publisher: estimates of states are controlled to those of the nation.
-- table: core.populations
WITH sums AS (
    SELECT
        year, series, source,
        sum(population) FILTER (actor_id NOT IN ('USA', 'US-PR')) AS states,
        count(*) FILTER (actor_id NOT IN ('USA', 'US-PR')) AS n_states,
        max(population) FILTER (actor_id = 'USA') AS nation
    FROM core.populations
    GROUP BY ALL
)
SELECT * FROM sums WHERE nation IS NOT NULL AND (nation <> states OR n_states <> 51)
