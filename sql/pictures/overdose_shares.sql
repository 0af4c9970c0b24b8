-- Share of drug classes in overdose deaths of twelve months.
-- In the United States, reported. Classes overlap: they do not add up to 1.
SELECT o.period_end AS day, o.drug AS series, o.share AS value
FROM marts.overdose_shares AS o
WHERE o.source = 'us_cdc_vsrr' AND o.actor_id = 'USA' AND o.measure = 'deaths_12m' AND o.basis = 'reported'
    AND o.drug IN ('T40.1', 'T40.4', 'T40.5', 'T43.6')
ORDER BY ALL;
