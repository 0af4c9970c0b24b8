-- critical: Each event of a state with itself is here once, and in no panel of dyads.
-- table: marts.self_dyad_day
-- scope: build
WITH held AS (
    SELECT source_id AS actor_id, date, count(*) AS n_held FROM marts.events_one_a_day WHERE source_id = target_id GROUP BY ALL
)
SELECT *
FROM held
FULL JOIN marts.self_dyad_day USING (actor_id, date)
WHERE n_held IS DISTINCT FROM n_events;
