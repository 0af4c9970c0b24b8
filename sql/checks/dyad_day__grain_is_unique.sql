-- critical: One row per source_id, target_id, date: a join on it must not multiply rows.
-- table: marts.dyad_day
-- scope: build
SELECT source_id, target_id, date, count(*) AS n_rows
FROM marts.dyad_day
GROUP BY ALL
HAVING count(*) > 1;
