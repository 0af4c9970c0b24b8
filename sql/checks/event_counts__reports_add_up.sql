-- critical: Rows in = rows out: all reports of events that are counted by day alone are counted, and not more events than their origins have.
-- table: marts.event_counts
-- scope: build
WITH held AS (
    SELECT
        dyad_side(source_id, source_country_id) AS source_id,
        dyad_side(target_id, target_country_id) AS target_id,
        event_date AS date,
        CAST(sum(n_rows) AS BIGINT) AS n_rows,
        CAST(sum(n_reports) AS BIGINT) AS n_reports_held
    FROM core.event_days
    GROUP BY ALL
),
counted AS (
    SELECT source_id, target_id, date, CAST(sum(n_events) AS BIGINT) AS n_counted, CAST(sum(n_reports) AS BIGINT) AS n_reports_counted
    FROM marts.event_counts
    GROUP BY ALL
)
SELECT h.*, c.n_counted, c.n_reports_counted
FROM held AS h
FULL JOIN counted AS c
    ON c.date = h.date
    AND c.source_id IS NOT DISTINCT FROM h.source_id
    AND c.target_id IS NOT DISTINCT FROM h.target_id
WHERE h.n_reports_held IS DISTINCT FROM c.n_reports_counted OR c.n_counted > h.n_rows OR c.n_counted < 0;
