-- warning: A new vintage changes the total of a jurisdiction with more than 100 deaths by at most 15 %: larger revisions happen (Michigan, 43 %, when late records came in), and are worth a look.
-- table: core.overdose_observations
SELECT actor_id, period_end, known_from, snapshot_id, value,
    lag(value) OVER (PARTITION BY actor_id, period_end ORDER BY known_from) AS value_before
FROM core.overdose_observations
WHERE source = 'us_cdc_vsrr' AND measure = 'deaths_12m' AND drug = 'all' AND basis = 'reported' AND actor_id <> 'USA' AND NOT is_derived
QUALIFY value_before > 100 AND abs(value / value_before - 1) > 0.15;
