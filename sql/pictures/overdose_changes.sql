-- Overdose deaths against the twelve months before.
-- Sums of twelve months in the United States, as a share: 0.1 is ten percent more.
SELECT c.period_end AS day, c.basis AS series, c.change_share AS value
FROM marts.overdose_changes AS c
WHERE c.source = 'us_cdc_vsrr' AND c.actor_id = 'USA' AND c.measure = 'deaths_12m' AND c.drug = 'all'
ORDER BY ALL;
