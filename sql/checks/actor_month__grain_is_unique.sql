-- critical: One row per actor_id, period_end: a join on it must not multiply rows.
-- table: marts.actor_month
-- scope: build
SELECT actor_id, period_end, count(*) AS n_rows
FROM marts.actor_month
GROUP BY ALL
HAVING count(*) > 1;
