-- critical: Rows in = rows out: each event of marts.events_one_a_day and marts.event_counts between two states is counted once, with its reports.
-- table: marts.dyad_day
-- scope: build
WITH counted AS (
    SELECT
        source_id,
        target_id,
        CAST(sum(n_events * (to_date - from_date)) AS BIGINT) AS n_counted,
        CAST(sum(n_reports * (to_date - from_date)) AS BIGINT) AS n_reports_counted
    FROM marts.dyad_spans
    GROUP BY ALL
),
held AS (
    SELECT source_id, target_id, CAST(sum(n) AS BIGINT) AS n_held, CAST(sum(n_reports) AS BIGINT) AS n_reports_held
    FROM (
        SELECT source_id, target_id, 1 AS n, n_reports FROM marts.events_one_a_day
        UNION ALL
        SELECT source_id, target_id, n_events, n_reports FROM marts.event_counts
    )
    WHERE source_id <> target_id
    GROUP BY ALL
)
SELECT *
FROM counted
FULL JOIN held USING (source_id, target_id)
WHERE coalesce(n_counted, 0) <> coalesce(n_held, 0) OR coalesce(n_reports_counted, 0) <> coalesce(n_reports_held, 0);
