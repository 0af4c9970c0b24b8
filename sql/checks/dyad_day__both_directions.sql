-- critical: Both directions of a pair share one calendar, so that they can be laid side by side.
-- table: marts.dyad_day
-- scope: build
-- a calendar without a gap (dyad_spans, calendar_is_complete) is its first and last day
WITH calendars AS (
    SELECT source_id, target_id, min(from_date) AS first_date, max(to_date) AS end_date, sum(to_date - from_date) AS n_days
    FROM marts.dyad_spans
    GROUP BY source_id, target_id
)
SELECT x.*
FROM calendars AS x
WHERE NOT EXISTS (
    FROM calendars AS y
    WHERE y.source_id = x.target_id
        AND y.target_id = x.source_id
        AND y.first_date = x.first_date
        AND y.end_date = x.end_date
        AND y.n_days = x.n_days
);
