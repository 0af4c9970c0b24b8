-- Overdose figures by current knowledge: the newest version of every figure, withdrawn ones as NULL with their reason.
-- Result: the columns of core.overdose_observations, one row per source, actor, measure, drug, basis, counts_by and period.
-- warning: aggregation_hazard: deaths_12m overlap by 11 months from one row to the next; drug classes overlap; never add them up.
-- Example: SELECT period_end, value FROM overdose_latest() WHERE actor_id = 'USA' AND measure = 'deaths_12m' AND drug = 'all'
--          AND basis = 'predicted';
CREATE OR REPLACE MACRO overdose_latest() AS TABLE
SELECT o.*
FROM core.overdose_observations AS o
WHERE o.known_to IS NULL;
COMMENT ON MACRO TABLE overdose_latest IS 'Overdose figures by current knowledge: the newest version of every figure, withdrawn ones as NULL with their reason.';
