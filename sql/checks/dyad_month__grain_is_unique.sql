-- critical: One row per source_id, target_id, period_end: a join on it must not multiply rows.
-- table: marts.dyad_month
-- scope: build
SELECT source_id, target_id, period_end, count(*) AS n_rows
FROM marts.dyad_month
GROUP BY ALL
HAVING count(*) > 1;
