-- critical: One row per list, target state and day: a join on it must not multiply rows.
-- table: marts.list_changes
-- scope: build
SELECT list_id, target_id, date, count(*) AS n_rows
FROM marts.list_changes
GROUP BY ALL
HAVING count(*) > 1;
