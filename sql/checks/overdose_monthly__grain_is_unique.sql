-- critical: One row per actor_id, drug, basis, counts_by, period_end: a join on it must not multiply rows.
-- table: marts.overdose_monthly
-- scope: build
SELECT actor_id, drug, basis, counts_by, period_end, count(*) AS n_rows
FROM marts.overdose_monthly
GROUP BY ALL
HAVING count(*) > 1;
