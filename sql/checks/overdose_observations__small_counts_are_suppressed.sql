-- warning: Counts of 1 to 9 have not been published since September 2019: one in a newer vintage should not be there.
-- table: core.overdose_observations
SELECT actor_id, drug, period_end, value, known_from
FROM core.overdose_observations
WHERE source = 'us_cdc_vsrr' AND measure = 'deaths_12m' AND basis = 'reported' AND NOT is_derived
    AND value BETWEEN 1 AND 9 AND known_from >= TIMESTAMP '2019-09-01';
