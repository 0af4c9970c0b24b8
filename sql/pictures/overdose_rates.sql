-- Overdose deaths of twelve months per 100,000 residents.
-- In the United States, crude: not to be compared with rates adjusted for age.
SELECT o.period_end AS day, o.basis AS series, o.rate_per_100k AS value
FROM marts.overdose_rates AS o
WHERE o.source = 'us_cdc_vsrr' AND o.actor_id = 'USA' AND o.measure = 'deaths_12m' AND o.drug = 'all'
ORDER BY ALL;
