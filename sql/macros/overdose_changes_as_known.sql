-- Deaths over twelve months beside those over the twelve months before, as known at a moment.
-- known: the moment, UTC; a DATE is its first instant.
-- Method: S(t) against S(t - 12 months), the only sums that share no month. S(t) against
-- S(t - 1 month) is the change of one month on the year before, not of a month.
-- warning: early_release: reported counts of the newest months are too low, so their change is too.
-- Result: one row per series and period of which both sums are known; vintage_date and vintage_age_days are of the newer sum.
-- Column change_share: deaths_change / deaths_before (0.1: ten percent more); NULL where that is 0.
-- As in: marts.overdose_changes, overdose_as_known
-- Example: SELECT period_end, change_share FROM overdose_changes_as_known(DATE '2024-05-01') WHERE actor_id = 'USA' AND drug = 'all';
CREATE OR REPLACE MACRO overdose_changes_as_known(known) AS TABLE
WITH standing AS (
    SELECT o.*
    FROM overdose_as_known(known) AS o
    WHERE o.value IS NOT NULL
        AND o.measure IN ('deaths_12m', 'all_cause_deaths_12m', 'deaths_year')
)
SELECT
    n.source,
    n.actor_id,
    n.measure,
    n.drug,
    n.basis,
    n.counts_by,
    n.period_end,
    n.value AS deaths,
    b.value AS deaths_before,
    n.value - b.value AS deaths_change,
    CASE WHEN b.value > 0 THEN n.value / b.value - 1 END AS change_share,
    greatest(n.known_from, b.known_from) AS known_from,
    n.vintage_date,
    n.vintage_age_days
FROM standing AS n
JOIN standing AS b
    ON b.source = n.source AND b.actor_id = n.actor_id AND b.measure = n.measure AND b.drug = n.drug AND b.basis = n.basis
    AND b.counts_by = n.counts_by AND b.period_end = last_day(CAST(n.period_end - INTERVAL 12 MONTH AS DATE))
-- a macro is bound to its own file by a table that it names
LEFT JOIN core.actors AS k -- noqa: ST11
    ON k.actor_id = n.actor_id;
COMMENT ON MACRO TABLE overdose_changes_as_known IS 'Deaths over twelve months beside those over the twelve months before, as known at a moment.';
