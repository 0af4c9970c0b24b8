-- critical: One row per source_id, target_id, date, date_precision, kind, headline: a join on it must not multiply rows.
-- table: marts.timeline
-- scope: build
SELECT source_id, target_id, date, date_precision, kind, headline, count(*) AS n_rows
FROM marts.timeline
GROUP BY ALL
HAVING count(*) > 1;
