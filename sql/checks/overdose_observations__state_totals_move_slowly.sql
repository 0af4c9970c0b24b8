-- warning: The sum of a jurisdiction with more than 100 deaths moves by less than 35 % from one month to the next: the extremes seen are -14 % and +31 %.
-- table: core.overdose_observations
WITH totals AS (
    SELECT actor_id, drug, period_end, value, known_from
    FROM core.overdose_observations
    WHERE source = 'us_cdc_vsrr' AND measure = 'deaths_12m' AND drug IN ('all', 'T40.4') AND basis = 'reported' AND known_to IS NULL
)
SELECT b.actor_id, b.drug, b.period_end, a.value AS value_before, b.value, b.known_from
FROM totals AS a
JOIN totals AS b ON b.actor_id = a.actor_id AND b.drug = a.drug AND b.period_end = last_day(a.period_end + INTERVAL 1 MONTH)
WHERE a.value > 100 AND abs(b.value / a.value - 1) >= 0.35;
