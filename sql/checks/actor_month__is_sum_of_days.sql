-- critical: A month is the sum of its days.
-- table: marts.actor_month
-- scope: build
WITH sums AS (
    SELECT
        actor_id,
        last_day(date) AS period_end,
        CAST(sum(n_events_as_source) AS BIGINT) AS n_as_source,
        CAST(sum(n_events_as_target) AS BIGINT) AS n_as_target
    FROM marts.actor_day
    GROUP BY ALL
)
SELECT *
FROM marts.actor_month AS m
FULL JOIN sums AS s USING (actor_id, period_end)
WHERE m.n_events_as_source IS DISTINCT FROM s.n_as_source OR m.n_events_as_target IS DISTINCT FROM s.n_as_target;
