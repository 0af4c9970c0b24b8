-- warning: A reported value of a year that a vintage has marked as finalised is not revised any more, though a count below 10 may be withdrawn: seen in every pair of vintages.
-- table: core.overdose_observations
-- The mark of a row is that of the vintage that brought its value, so that the vintages since then are asked which months they
-- have closed.
SELECT a.actor_id, a.measure, a.drug, a.period_end, a.value, b.value AS value_after, b.known_from
FROM core.overdose_observations AS a
JOIN core.overdose_observations AS b
    ON b.source = a.source AND b.actor_id = a.actor_id AND b.measure = a.measure AND b.drug = a.drug AND b.basis = a.basis
    AND b.counts_by = a.counts_by AND b.period_end = a.period_end AND b.known_from = a.known_to
WHERE a.source = 'us_cdc_vsrr' AND a.basis = 'reported' AND NOT a.is_derived AND a.value >= 10
    AND (b.value IS NULL OR abs(b.value - a.value) > 1e-6)
    AND EXISTS (
        FROM core.overdose_vintages AS v
        WHERE v.source = a.source AND v.actor_id = a.actor_id AND v.measure = a.measure AND v.drug = a.drug AND v.basis = a.basis
            AND v.counts_by = a.counts_by AND v.known_from >= a.known_from AND v.known_from < a.known_to
            AND a.period_end <= v.last_closed_period_end
    );
