-- critical: What is current is one row for each figure.
-- table: core.drug_harms
SELECT actor_id, measure, substance, manner, unit, period_start, period_end, count(*) AS n_rows
FROM core.drug_harms
WHERE known_to IS NULL
GROUP BY ALL
HAVING count(*) > 1
