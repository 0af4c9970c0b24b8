-- Overdose figures as a reader knew them at a moment.
-- known: the moment, UTC; a DATE is its first instant.
-- Result: the columns of core.overdose_observations, one row per source, actor, measure, drug, basis, counts_by and period, each
-- in the version that stood at that moment.
-- warning: aggregation_hazard: deaths_12m overlap by 11 months from one row to the next; drug classes overlap; never add them up.
-- Example: SELECT max(period_end) FROM overdose_as_known(DATE '2023-12-22') WHERE actor_id = 'USA' AND value IS NOT NULL;
CREATE OR REPLACE MACRO overdose_as_known(known) AS TABLE
SELECT o.*
FROM core.overdose_observations AS o
WHERE o.known_from <= CAST(known AS TIMESTAMP)
    AND (o.known_to IS NULL OR CAST(known AS TIMESTAMP) < o.known_to);
COMMENT ON MACRO TABLE overdose_as_known IS 'Overdose figures as a reader knew them at a moment.';
