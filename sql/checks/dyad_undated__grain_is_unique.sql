-- critical: One row per source_id, target_id: a join on it must not multiply rows.
-- table: marts.dyad_undated
-- scope: build
SELECT source_id, target_id, count(*) AS n_rows
FROM marts.dyad_undated
GROUP BY ALL
HAVING count(*) > 1;
