-- The share of each drug class in all overdose deaths, as known at a moment.
-- known: the moment, UTC; a DATE is its first instant.
-- Method: deaths with the class / all overdose deaths of one source, jurisdiction, period, basis and way of counting, both of one
-- vintage: the newest known that is sure to hold both cells, since it holds the series without gaps or was the first to give
-- the value. Sources without vintages give what stood at the moment.
-- warning: aggregation_hazard: classes overlap (one death, several drugs), so shares never add up to 1.
-- warning: not_comparable: where few certificates name the drug (pct_drugs_specified) a share is too low. T40.4 holds fentanyl and other synthetic opioids.
-- Result: one row per series, class and period of which both counts are known; vintage_date is the vintage of both.
-- As in: marts.overdose_shares, overdose_as_known
-- Example: SELECT share FROM overdose_shares_as_known(DATE '2023-12-22') WHERE actor_id = 'USA' AND drug = 'T40.4'
--          AND measure = 'deaths_12m' AND basis = 'reported' ORDER BY period_end DESC LIMIT 1;
CREATE OR REPLACE MACRO overdose_shares_as_known(known) AS TABLE
WITH shared AS (
    SELECT
        c.source,
        c.actor_id,
        c.measure,
        c.drug,
        c.basis,
        c.counts_by,
        c.known_from AS seen_at,
        greatest(c.first_period_end, t.first_period_end) AS first_period_end,
        least(c.last_period_end, t.last_period_end) AS last_period_end,
        c.n_periods = date_diff('month', c.first_period_end, c.last_period_end) + 1 AS is_class_whole,
        t.n_periods = date_diff('month', t.first_period_end, t.last_period_end) + 1 AS is_total_whole
    FROM core.overdose_vintages AS c
    JOIN core.overdose_vintages AS t
        ON t.source = c.source AND t.actor_id = c.actor_id AND t.measure = c.measure AND t.basis = c.basis
        AND t.counts_by = c.counts_by AND t.known_from = c.known_from AND t.drug = 'all'
    WHERE c.drug <> 'all' AND c.known_from <= CAST(known AS TIMESTAMP)
),
vintages AS (
    -- a newer one that holds as many months without gaps takes the place of an older one
    SELECT s.*
    FROM shared AS s
    WINDOW newer AS (
        PARTITION BY s.source, s.actor_id, s.measure, s.drug, s.basis, s.counts_by, s.is_class_whole AND s.is_total_whole
        ORDER BY s.seen_at DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
    QUALIFY NOT (s.is_class_whole AND s.is_total_whole)
        OR s.last_period_end > coalesce(max(s.last_period_end) OVER newer, DATE '0001-01-01')
        OR s.first_period_end < coalesce(min(s.first_period_end) OVER newer, DATE '9999-12-31')
),
pairs AS (
    -- of a vintage with gaps only what it was the first to give is certain to be its own
    SELECT c.*, t.value AS deaths_all, t.known_from AS all_known_from, v.seen_at, v.seen_at AS vintage_at
    FROM vintages AS v
    JOIN core.overdose_observations AS c
        ON c.source = v.source AND c.actor_id = v.actor_id AND c.measure = v.measure AND c.drug = v.drug AND c.basis = v.basis
        AND c.counts_by = v.counts_by AND c.period_end BETWEEN v.first_period_end AND v.last_period_end
        AND c.known_from <= v.seen_at AND (c.known_to IS NULL OR v.seen_at < c.known_to)
        AND (v.is_class_whole OR c.known_from = v.seen_at)
    JOIN core.overdose_observations AS t
        ON t.source = c.source AND t.actor_id = c.actor_id AND t.measure = c.measure AND t.basis = c.basis
        AND t.counts_by = c.counts_by AND t.period_end = c.period_end AND t.period_start = c.period_start AND t.drug = 'all'
        AND t.known_from <= v.seen_at AND (t.known_to IS NULL OR v.seen_at < t.known_to)
        AND (v.is_total_whole OR t.known_from = v.seen_at)
    QUALIFY v.seen_at = max(v.seen_at) OVER (
        PARTITION BY c.source, c.actor_id, c.measure, c.drug, c.basis, c.counts_by, c.period_end
    )
    UNION ALL
    SELECT c.*, t.value, t.known_from, CAST(known AS TIMESTAMP), NULL
    FROM core.overdose_observations AS c
    JOIN core.overdose_observations AS t
        ON t.source = c.source AND t.actor_id = c.actor_id AND t.measure = c.measure AND t.basis = c.basis
        AND t.counts_by = c.counts_by AND t.period_end = c.period_end AND t.period_start = c.period_start AND t.drug = 'all'
        AND t.known_from <= CAST(known AS TIMESTAMP)
        AND (t.known_to IS NULL OR CAST(known AS TIMESTAMP) < t.known_to)
    WHERE c.known_from <= CAST(known AS TIMESTAMP)
        AND (c.known_to IS NULL OR CAST(known AS TIMESTAMP) < c.known_to)
        AND c.drug <> 'all'
        AND c.source NOT IN (SELECT v.source FROM core.overdose_vintages AS v)
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
    c.deaths_all,
    c.value / c.deaths_all AS share,
    p.value AS pct_drugs_specified,
    greatest(c.known_from, c.all_known_from) AS known_from,
    CAST(coalesce(c.vintage_at, greatest(c.known_from, c.all_known_from)) AS DATE) AS vintage_date,
    CASE
        WHEN CAST(known AS TIMESTAMP) < end_of_time()
            THEN CAST(CAST(known AS TIMESTAMP) AS DATE) - vintage_date
    END AS vintage_age_days
FROM pairs AS c
LEFT JOIN core.overdose_observations AS p
    ON p.source = c.source AND p.actor_id = c.actor_id AND p.measure = 'pct_drugs_specified' AND p.period_end = c.period_end
    AND p.basis = 'reported' AND c.measure = 'deaths_12m'
    AND p.known_from <= c.seen_at AND (p.known_to IS NULL OR c.seen_at < p.known_to)
WHERE c.measure IN ('deaths_12m', 'deaths_year', 'deaths_month') AND c.value IS NOT NULL AND c.deaths_all > 0;
COMMENT ON MACRO TABLE overdose_shares_as_known IS 'The share of each drug class in all overdose deaths, as known at a moment.';
