-- critical: No claim is judged with a figure that was not known when its article appeared.
-- table: marts.claims_judged
-- scope: build
SELECT j.*
FROM marts.claims_judged AS j
WHERE j.figure_known_from > j.known_from
    OR (j.verdict <> 'cannot be checked' AND (j.figure IS NULL OR j.figure_known_from IS NULL))
    -- of deaths, found again in the versions that stood at that moment
    OR (
        j.measure = 'overdose_deaths' AND j.figure IS NOT NULL
        AND NOT EXISTS (
            FROM core.overdose_observations AS o
            WHERE o.actor_id = j.actor_id AND o.drug = j.drug AND o.source = j.source AND o.basis = j.basis
                AND o.period_start = j.figure_from AND o.period_end = j.figure_to AND o.value = j.figure
                AND o.known_from <= j.known_from AND (o.known_to IS NULL OR j.known_from < o.known_to)
        )
    );
