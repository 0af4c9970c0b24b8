-- critical: Each event of a state with itself is here once, and in no panel of dyads.
-- table: marts.self_dyad_day
-- scope: build
WITH held AS (
    SELECT source_id AS actor_id, date, CAST(sum(n) AS BIGINT) AS n_held
    FROM (
        SELECT source_id, target_id, date, 1 AS n FROM marts.events_one_a_day
        UNION ALL
        SELECT source_id, target_id, date, n_events FROM marts.event_counts
    )
    WHERE source_id = target_id
    GROUP BY ALL
)
SELECT *
FROM held
FULL JOIN marts.self_dyad_day USING (actor_id, date)
WHERE n_held IS DISTINCT FROM n_events;
