-- Over which days the history of each list was known, by what was known at a moment, and how old its newest edition was.
-- known: the moment, UTC; a DATE is its first instant.
-- Result: one row per list and span of days.
-- Column vintage_date: Day of the newest edition known then, or of the moment for a record of notices.
-- Column vintage_age_days: Days from vintage_date to the moment; NULL at the end of known time.
-- As in: core.list_coverage
-- Example: SELECT list_id, covered_from, covered_to FROM list_coverage_as_known(DATE '2023-11-15') WHERE covers = 'both';
CREATE OR REPLACE MACRO list_coverage_as_known(known) AS TABLE
WITH spans AS (
    -- days after the moment were not covered then
    SELECT
        c.list_id,
        c.covers,
        c.covered_from,
        least(c.covered_to, CAST(CAST(known AS TIMESTAMP) - INTERVAL 1 MICROSECOND AS DATE) + 1) AS covered_to,
        c.basis,
        c.known_from
    FROM core.list_coverage AS c
    WHERE c.known_from <= CAST(known AS TIMESTAMP)
        AND (c.known_to IS NULL OR CAST(known AS TIMESTAMP) < c.known_to)
        AND c.covered_from < CAST(known AS TIMESTAMP)
)
SELECT
    s.list_id,
    s.covers,
    s.covered_from,
    s.covered_to,
    s.basis,
    s.known_from,
    max(s.covered_to) OVER list - 1 AS vintage_date,
    CASE
        WHEN CAST(known AS TIMESTAMP) < end_of_time() THEN CAST(CAST(known AS TIMESTAMP) AS DATE) - max(s.covered_to) OVER list + 1
    END AS vintage_age_days
FROM spans AS s
WINDOW list AS (PARTITION BY s.list_id);
COMMENT ON MACRO TABLE list_coverage_as_known IS 'Over which days the history of each list was known, by what was known at a moment, and how old its newest edition was.';
