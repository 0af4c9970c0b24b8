-- critical: One row per figure: a join on it must not multiply rows.
-- table: marts.revision_analysis
-- scope: build
SELECT source, actor_id, measure, drug, basis, counts_by, period_end, count(*) AS n_rows
FROM marts.revision_analysis
GROUP BY ALL
HAVING count(*) > 1;
