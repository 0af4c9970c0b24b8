-- Overdose deaths of single months by drug.
-- In the United States, reported. Classes overlap: they do not add up.
SELECT o.period_end AS day, o.drug AS series, o.deaths AS value
FROM marts.overdose_monthly AS o
WHERE o.actor_id = 'USA' AND o.basis = 'reported' AND o.drug IN ('all', 'T40.4', 'T40.5', 'T43.6')
ORDER BY ALL;
