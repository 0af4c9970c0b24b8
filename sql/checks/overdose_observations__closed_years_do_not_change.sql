-- warning: A reported count of a finalised year is not revised any more, though one below 10 may be withdrawn: seen in every pair of vintages.
-- table: core.overdose_observations
SELECT a.actor_id, a.measure, a.drug, a.period_end, a.value, b.value AS value_after, b.known_from
FROM core.overdose_observations AS a
JOIN core.overdose_observations AS b
    ON b.source = a.source AND b.actor_id = a.actor_id AND b.measure = a.measure AND b.drug = a.drug AND b.basis = a.basis
    AND b.counts_by = a.counts_by AND b.period_end = a.period_end AND b.known_from = a.known_to
WHERE a.source = 'us_cdc_vsrr' AND a.basis = 'reported' AND a.is_provisional IS FALSE AND NOT a.is_derived
    AND a.value >= 10 AND b.value IS DISTINCT FROM a.value AND abs(coalesce(b.value, 0) - a.value) > 1e-6;
