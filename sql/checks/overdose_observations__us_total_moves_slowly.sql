-- warning: The 12-month sums of the US, of all overdoses and of those with synthetic opioids, move by less than 8 % from one month to the next, since eleven of twelve months are the same: the extremes seen are -4.6 % and +7.8 %, both of synthetic opioids.
-- table: core.overdose_observations
WITH us AS (
    SELECT drug, period_end, value, known_from
    FROM core.overdose_observations
    WHERE source = 'us_cdc_vsrr' AND actor_id = 'USA' AND measure = 'deaths_12m' AND drug IN ('all', 'T40.4') AND basis = 'reported' AND known_to IS NULL
)
SELECT b.drug, b.period_end, a.value AS value_before, b.value, b.value / a.value - 1 AS change_share, b.known_from
FROM us AS a
JOIN us AS b ON b.drug = a.drug AND b.period_end = last_day(a.period_end + INTERVAL 1 MONTH)
WHERE a.value > 0 AND abs(b.value / a.value - 1) >= 0.08
