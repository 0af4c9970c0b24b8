-- warning: A fiscal year that is over has twelve months: each of the five seen has, so a missing one means lost rows.
-- table: core.drug_seizures
SELECT fiscal_year, count(DISTINCT period_end) AS n_months
FROM core.drug_seizures
WHERE fiscal_year < (SELECT max(fiscal_year) FROM core.drug_seizures)
GROUP BY fiscal_year
HAVING n_months <> 12
