-- The share of each drug class in all overdose deaths, as known at a moment.
-- known: the moment, UTC; a DATE is its first instant.
-- Method: deaths with the class / all overdose deaths of one source, jurisdiction, period, basis and way of counting.
-- warning: aggregation_hazard: classes overlap (one death, several drugs), so shares never add up to 1.
-- warning: not_comparable: where few certificates name the drug (pct_drugs_specified) a share is too low. T40.4 holds fentanyl and other synthetic opioids.
-- Result: source, actor_id, measure, drug, basis, counts_by, period_start, period_end, deaths, deaths_all, share (0 to 1),
-- pct_drugs_specified (NULL where not published), known_from (when both were known).
-- Example: SELECT share FROM overdose_shares_as_known(DATE '2023-12-22') WHERE actor_id = 'USA' AND drug = 'T40.4'
--          AND measure = 'deaths_12m' AND basis = 'reported' ORDER BY period_end DESC LIMIT 1;
CREATE OR REPLACE MACRO overdose_shares_as_known(known) AS TABLE
WITH standing AS (
    SELECT o.*
    FROM core.overdose_observations AS o
    WHERE o.known_from <= CAST(known AS TIMESTAMP)
        AND (o.known_to IS NULL OR CAST(known AS TIMESTAMP) < o.known_to)
        AND o.value IS NOT NULL
)
SELECT
    c.source,
    c.actor_id,
    c.measure,
    c.drug,
    c.basis,
    c.counts_by,
    c.period_start,
    c.period_end,
    c.value AS deaths,
    t.value AS deaths_all,
    c.value / t.value AS share,
    p.value AS pct_drugs_specified,
    greatest(c.known_from, t.known_from) AS known_from
FROM standing AS c
JOIN standing AS t
    ON t.source = c.source AND t.actor_id = c.actor_id AND t.measure = c.measure AND t.basis = c.basis
    AND t.counts_by = c.counts_by AND t.period_end = c.period_end AND t.period_start = c.period_start AND t.drug = 'all'
LEFT JOIN standing AS p
    ON p.source = c.source AND p.actor_id = c.actor_id AND p.measure = 'pct_drugs_specified' AND p.period_end = c.period_end
    AND p.basis = 'reported' AND c.measure = 'deaths_12m'
WHERE c.measure IN ('deaths_12m', 'deaths_year', 'deaths_month') AND c.drug <> 'all' AND t.value > 0;
COMMENT ON MACRO TABLE overdose_shares_as_known IS 'The share of each drug class in all overdose deaths, as known at a moment.';
