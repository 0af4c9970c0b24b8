-- critical: Every key has exactly one open row from its first vintage on (a withdrawn one a NULL row), else what is known today has two answers or none.
-- table: core.overdose_observations
SELECT source, actor_id, measure, drug, basis, counts_by, period_end, count(*) FILTER (known_to IS NULL) AS n_open
FROM core.overdose_observations
GROUP BY ALL
HAVING n_open <> 1
