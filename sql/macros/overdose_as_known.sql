-- Overdose figures as a reader knew them at a moment.
-- known: the moment, UTC; a DATE is its first instant.
-- Result: the columns of core.overdose_observations, one row per source, actor, measure, drug, basis, counts_by and period, each
-- in the version that stood at that moment (known_to is NULL); then vintage_date and vintage_age_days.
-- Column vintage_date: Day (UTC) of the newest vintage of the series known then; of a source without vintages the day since which the
-- version was known.
-- Column vintage_age_days: Days from vintage_date to the moment; NULL at the end of known time.
-- warning: aggregation_hazard: deaths_12m overlap by 11 months from one row to the next; drug classes overlap; never add them up.
-- Example: SELECT max(period_end) FROM overdose_as_known(DATE '2023-12-22') WHERE actor_id = 'USA' AND value IS NOT NULL;
CREATE OR REPLACE MACRO overdose_as_known(known) AS TABLE
WITH newest AS (
    SELECT v.source, v.actor_id, v.measure, v.drug, v.basis, v.counts_by, max(v.known_from) AS seen_at
    FROM core.overdose_vintages AS v
    WHERE v.known_from <= CAST(known AS TIMESTAMP)
    GROUP BY ALL
)
SELECT
    -- what ended a version was not known while it stood
    o.* REPLACE (CAST(NULL AS TIMESTAMP) AS known_to),
    CAST(greatest(o.known_from, coalesce(n.seen_at, o.known_from)) AS DATE) AS vintage_date,
    CASE WHEN CAST(known AS TIMESTAMP) < end_of_time() THEN CAST(CAST(known AS TIMESTAMP) AS DATE) - vintage_date END
        AS vintage_age_days
FROM core.overdose_observations AS o
LEFT JOIN newest AS n
    ON n.source = o.source AND n.actor_id = o.actor_id AND n.measure = o.measure AND n.drug = o.drug AND n.basis = o.basis
    AND n.counts_by = o.counts_by
WHERE o.known_from <= CAST(known AS TIMESTAMP)
    AND (o.known_to IS NULL OR CAST(known AS TIMESTAMP) < o.known_to);
COMMENT ON MACRO TABLE overdose_as_known IS 'Overdose figures as a reader knew them at a moment.';
