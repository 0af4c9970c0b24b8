-- Overdose figures as they were first known here: the first version here that has a value.
-- Result: the columns of core.overdose_observations, one row per source, actor, measure, drug, basis, counts_by and period. The
-- first vintage here need not be the first published.
-- warning: aggregation_hazard: deaths_12m overlap by 11 months from one row to the next; drug classes overlap; never add them up.
-- Example: SELECT period_end, value, known_from FROM overdose_first_release() WHERE actor_id = 'USA' AND drug = 'all';
CREATE OR REPLACE MACRO overdose_first_release() AS TABLE
SELECT o.*
FROM core.overdose_observations AS o
WHERE o.value IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY o.source, o.actor_id, o.measure, o.drug, o.basis, o.counts_by, o.period_end ORDER BY o.known_from
) = 1;
COMMENT ON MACRO TABLE overdose_first_release IS 'Overdose figures as they were first known here: the first version here that has a value.';
