-- warning: Between the first and the last month that complete vintages give for a series no month is missing: every series of the vintages seen is whole, so a gap means a row that was lost or could not be read.
-- table: core.overdose_observations
-- A month may have come first with a partial vintage and be unchanged since; it is there all the same.
WITH months AS (
    SELECT actor_id, measure, drug, period_end, bool_or(vintage_scope = 'complete') AS is_complete
    FROM core.overdose_observations
    WHERE source = 'us_cdc_vsrr' AND basis = 'reported'
    GROUP BY ALL
),
bounds AS (
    SELECT actor_id, measure, drug, min(period_end) AS first_month, max(period_end) AS last_month
    FROM months WHERE is_complete GROUP BY ALL
)
SELECT b.actor_id, b.measure, b.drug, b.first_month, b.last_month,
    date_diff('month', b.first_month, b.last_month) + 1 - count(*) AS n_missing
FROM bounds AS b
JOIN months AS m USING (actor_id, measure, drug)
WHERE m.period_end BETWEEN b.first_month AND b.last_month
GROUP BY b.actor_id, b.measure, b.drug, b.first_month, b.last_month
HAVING n_missing <> 0
