-- critical: One row per actor_id, date: a join on it must not multiply rows.
-- table: marts.self_dyad_day
-- scope: build
SELECT actor_id, date, count(*) AS n_rows
FROM marts.self_dyad_day
GROUP BY ALL
HAVING count(*) > 1;
