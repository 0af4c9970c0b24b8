-- critical: In both totals the US is the sum of its jurisdictions, Puerto Rico left out, at every moment when a vintage held them together: true in all 345 months of the vintages seen, so a difference means that a jurisdiction is lost.
-- rests on: a rule of the publisher: the US is the sum of the 50 states, the District of Columbia and New York City.
-- table: core.overdose_observations
-- What was known at a moment is a running sum of what each vintage opened and ended, so that the cost does not grow with
-- the square of the vintages. A part that is not shown (NULL) leaves only: the others may not exceed the US.
WITH totals AS (
    SELECT measure, period_end, actor_id = 'USA' AS is_us, value, vintage_scope, known_from, known_to
    FROM core.overdose_observations
    WHERE source = 'us_cdc_vsrr' AND basis = 'reported' AND drug = 'all' AND measure IN ('deaths_12m', 'all_cause_deaths_12m')
        AND NOT is_derived AND actor_id <> 'US-PR'
),
changes AS (
    SELECT measure, period_end, known_from AS moment, is_us, value, 1 AS n, vintage_scope FROM totals
    UNION ALL
    SELECT measure, period_end, known_to, is_us, value, -1, NULL FROM totals WHERE known_to IS NOT NULL
),
moments AS (
    SELECT
        measure, period_end, moment,
        bool_or(vintage_scope = 'complete')
            OR (count(*) FILTER (n = 1 AND is_us) = 1 AND count(*) FILTER (n = 1 AND NOT is_us) >= 2) AS is_together,
        sum(n * value) FILTER (is_us) AS us,
        coalesce(sum(n) FILTER (is_us AND value IS NOT NULL), 0) AS n_us,
        coalesce(sum(n * value) FILTER (NOT is_us), 0) AS parts,
        coalesce(sum(n) FILTER (NOT is_us), 0) AS n_parts,
        coalesce(sum(n) FILTER (NOT is_us AND value IS NULL), 0) AS n_hidden
    FROM changes
    GROUP BY ALL
),
known AS (
    SELECT
        measure, period_end, moment AS known_from, is_together,
        sum(us) OVER clock AS us, sum(n_us) OVER clock AS n_us, sum(parts) OVER clock AS sum_of_parts,
        sum(n_parts) OVER clock AS n_parts, sum(n_hidden) OVER clock AS n_hidden
    FROM moments
    WINDOW clock AS (PARTITION BY measure, period_end ORDER BY moment)
)
SELECT measure, period_end, known_from, us, sum_of_parts, n_parts, n_hidden
FROM known
WHERE is_together AND n_us = 1 AND n_parts >= 2 AND (sum_of_parts > us OR (n_hidden = 0 AND sum_of_parts <> us))
