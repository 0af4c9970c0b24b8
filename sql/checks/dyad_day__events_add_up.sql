-- critical: Rows in = rows out: each event dated to the day between two states is counted once.
-- table: marts.dyad_day
-- scope: build
WITH counted AS (
    SELECT source_id, target_id, CAST(sum(n_events) AS BIGINT) AS n_counted, CAST(sum(n_reports) AS BIGINT) AS n_reports_counted
    FROM marts.dyad_day
    GROUP BY ALL
),
held AS (
    SELECT source_country_id AS source_id, target_country_id AS target_id, count(*) AS n_held, CAST(sum(n_reports) AS BIGINT) AS n_reports_held
    FROM core.events
    WHERE source_country_id <> target_country_id
        AND event_date >= DATE '1990-01-01'
        AND event_date <= CAST(known_from AS DATE) + 1
        AND date_precision IN ('day', 'interval')
        AND modality IN ('past', 'ongoing')
    GROUP BY ALL
)
SELECT *
FROM counted
FULL JOIN held USING (source_id, target_id)
WHERE coalesce(n_counted, 0) <> coalesce(n_held, 0) OR coalesce(n_reports_counted, 0) <> coalesce(n_reports_held, 0);
