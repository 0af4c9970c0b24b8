-- critical: One row per source, actor_id, measure, drug, basis, counts_by, period_end: a join on it must not multiply rows.
-- table: marts.overdose_rates
-- scope: build
SELECT source, actor_id, measure, drug, basis, counts_by, period_end, count(*) AS n_rows
FROM marts.overdose_rates
GROUP BY ALL
HAVING count(*) > 1;
