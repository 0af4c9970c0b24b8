-- critical: Twelve months worked out of the sums of one vintage give back the sum to December: the method is exact, so a difference means mixed vintages or lost months.
-- table: marts.overdose_monthly
-- scope: build
WITH years AS (
    SELECT actor_id, drug, basis, counts_by, max(period_end) AS period_end, sum(deaths) AS deaths, any_value(known_from) AS known_from
    FROM marts.overdose_monthly
    WHERE deaths IS NOT NULL
    GROUP BY actor_id, drug, basis, counts_by, year(period_end)
    HAVING count(*) = 12
)
SELECT y.actor_id, y.drug, y.basis, y.period_end, y.deaths, o.value
FROM years AS y
JOIN core.overdose_observations AS o
    ON o.source = 'us_cdc_vsrr' AND o.measure = 'deaths_12m' AND o.actor_id = y.actor_id AND o.drug = y.drug AND o.basis = y.basis
    AND o.counts_by = y.counts_by AND o.period_end = y.period_end
    AND o.known_from <= y.known_from AND (o.known_to IS NULL OR y.known_from < o.known_to)
WHERE abs(y.deaths - o.value) > 1e-6;
