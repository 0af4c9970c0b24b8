-- warning: A new vintage changes a US total of overdose deaths by at most 6 %: even the newest month, the least complete one, was never revised by more than 4.0 %.
-- table: core.overdose_observations
SELECT period_end, known_from, snapshot_id, value,
    lag(value) OVER (PARTITION BY period_end ORDER BY known_from) AS value_before
FROM core.overdose_observations
WHERE source = 'us_cdc_vsrr' AND actor_id = 'USA' AND measure = 'deaths_12m' AND drug = 'all' AND basis = 'reported'
QUALIFY value_before > 0 AND abs(value / value_before - 1) > 0.06
