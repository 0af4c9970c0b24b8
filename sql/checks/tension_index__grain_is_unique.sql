-- critical: One row per source_id, target_id, period_end: a join on it must not multiply rows.
-- table: marts.tension_index
-- scope: build
SELECT source_id, target_id, period_end, count(*) AS n_rows
FROM marts.tension_index
GROUP BY ALL
HAVING count(*) > 1;
