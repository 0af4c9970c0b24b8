-- critical: Both directions of a pair share one calendar, so that they can be laid side by side.
-- table: marts.dyad_day
-- scope: build
-- a calendar without a gap (calendar_is_complete) is its first and last day: days laid beside days take the memory of the build
WITH calendars AS (
    SELECT source_id, target_id, min(date) AS first_date, max(date) AS last_date, count(*) AS n_days
    FROM marts.dyad_day
    GROUP BY source_id, target_id
)
SELECT x.*
FROM calendars AS x
WHERE NOT EXISTS (
    FROM calendars AS y
    WHERE y.source_id = x.target_id
        AND y.target_id = x.source_id
        AND y.first_date = x.first_date
        AND y.last_date = x.last_date
        AND y.n_days = x.n_days
);
