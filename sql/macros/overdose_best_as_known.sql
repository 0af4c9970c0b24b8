-- One count of overdose deaths for each jurisdiction, drug class and calendar year, as known at a moment: a series without holes.
-- known: the moment, UTC; a DATE is its first instant.
-- Method: of a year the first that has a value of: a final count; twelve final months; the 12 months to December of the provisional
-- counts, reported where the vintage marks them as finalised, else predicted, else reported; twelve provisional months.
-- Every year from the first of a drug class to the last of any is there, for the nation and for each jurisdiction.
-- warning: not_comparable: along a series deaths of residents (final) and deaths that occurred in the place (provisional) follow each other: the nation by occurrence is 0.4 to 1.8 % above that by residence. basis and counts_by say which a row is.
-- warning: aggregation_hazard: drug classes overlap (one death, several drugs): never add them up, nor jurisdictions, of which some are not shown.
-- Result: one row per jurisdiction, drug class and year.
-- Column year: The calendar year.
-- Column deaths: The count; NULL with a missing_reason.
-- Column measure (deaths_year, deaths_month, deaths_12m): What it is: a count of the year, twelve months added up, or the 12 months to December.
-- Column missing_reason (never_reported, not_held, suppressed, low_quality, low_quality_and_suppressed, unreliable, not_published, withdrawn): Why there is none.
-- never_reported: no count of the class is or was ever known of the jurisdiction; not_held: there are no data of the year;
-- others as in core.overdose_observations.
-- As in: core.overdose_observations
-- Example: SELECT year, deaths, basis FROM overdose_best_as_known(DATE '2024-06-01') WHERE actor_id = 'USA' AND drug = 'T40.4' ORDER BY year;
CREATE OR REPLACE MACRO overdose_best_as_known(known) AS TABLE
WITH held AS (
    SELECT o.*, year(o.period_end) AS year
    FROM core.overdose_observations AS o
    WHERE o.known_from <= CAST(known AS TIMESTAMP)
        AND (o.known_to IS NULL OR CAST(known AS TIMESTAMP) < o.known_to)
        AND (o.measure IN ('deaths_year', 'deaths_month') OR (o.measure = 'deaths_12m' AND month(o.period_end) = 12))
),
counts AS (
    SELECT
        h.actor_id, h.drug, h.year, h.value, h.missing_reason, h.basis, h.is_provisional, h.counts_by, h.source, h.measure, h.known_from
    FROM held AS h
    WHERE h.measure <> 'deaths_month'
    UNION ALL
    SELECT
        h.actor_id, h.drug, h.year,
        CASE WHEN count(h.value) = 12 THEN sum(h.value) END,
        -- a month that is not shown, or not there: the exports leave out months of few deaths
        CASE WHEN count(h.value) < 12 THEN coalesce(min(h.missing_reason), 'not_published') END,
        h.basis, bool_or(h.is_provisional), h.counts_by, h.source, h.measure, max(h.known_from)
    FROM held AS h
    WHERE h.measure = 'deaths_month'
    GROUP BY h.actor_id, h.drug, h.year, h.basis, h.counts_by, h.source, h.measure
),
best AS (
    SELECT c.*
    FROM counts AS c
    QUALIFY row_number() OVER (
        PARTITION BY c.actor_id, c.drug, c.year
        ORDER BY
            c.value IS NULL,
            CASE
                WHEN c.basis = 'final' AND c.measure = 'deaths_year' THEN 1
                WHEN c.basis = 'final' THEN 2
                WHEN c.measure = 'deaths_12m' AND c.basis = 'reported' AND NOT c.is_provisional THEN 3
                WHEN c.measure = 'deaths_12m' AND c.basis = 'predicted' THEN 4
                WHEN c.measure = 'deaths_12m' THEN 5
                ELSE 6
            END,
            c.source
    ) = 1
),
drugs AS (
    SELECT b.actor_id = 'USA' AS is_nation, b.drug, min(b.year) AS first_year, max(max(b.year)) OVER (PARTITION BY b.actor_id = 'USA') AS last_year
    FROM best AS b
    WHERE b.value IS NOT NULL
    GROUP BY b.actor_id = 'USA', b.drug
),
ever AS (
    -- of any measure of deaths, also of months that make no year and of what was withdrawn since
    SELECT DISTINCT o.actor_id, o.drug
    FROM core.overdose_observations AS o
    WHERE o.value IS NOT NULL AND o.known_from <= CAST(known AS TIMESTAMP) AND o.measure IN ('deaths_year', 'deaths_month', 'deaths_12m')
),
years AS (
    SELECT a.actor_id, d.drug, unnest(range(d.first_year, d.last_year + 1)) AS year
    FROM (SELECT DISTINCT c.actor_id FROM counts AS c) AS a
    JOIN drugs AS d ON d.is_nation = (a.actor_id = 'USA')
)
SELECT
    y.actor_id,
    y.drug,
    CAST(y.year AS INTEGER) AS year,
    b.value AS deaths,
    CASE WHEN b.value IS NOT NULL THEN b.basis END AS basis,
    CASE WHEN b.value IS NOT NULL THEN b.measure END AS measure,
    CASE WHEN b.value IS NOT NULL THEN b.counts_by END AS counts_by,
    CASE WHEN b.value IS NOT NULL THEN b.is_provisional END AS is_provisional,
    CASE
        WHEN b.value IS NOT NULL THEN NULL
        WHEN e.actor_id IS NULL THEN 'never_reported'
        ELSE coalesce(b.missing_reason, 'not_held')
    END AS missing_reason,
    b.source,
    b.known_from
FROM years AS y
LEFT JOIN best AS b ON b.actor_id = y.actor_id AND b.drug = y.drug AND b.year = y.year
LEFT JOIN ever AS e ON e.actor_id = y.actor_id AND e.drug = y.drug;
COMMENT ON MACRO TABLE overdose_best_as_known IS 'One count of overdose deaths for each jurisdiction, drug class and calendar year, as known at a moment: a series without holes.';
