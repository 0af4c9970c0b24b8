-- All listings, each in the version that stood at a moment, with the days on which it is certain to have been in force.
-- known: the moment, UTC; a DATE is its first instant. d: a day (DATE or text) of which is_covered says whether its list covers it.
-- Result: the columns of core.sanction_listings, actor_id as decided from what was known then and known_to NULL: what ended a
-- version was not known while it stood; then certain_from and certain_to (half-open), is_within_gap, vintage_date,
-- vintage_age_days, is_covered. Only rows of core with known_from at or before that moment are read.
-- Column is_covered: Whether the list covers the day d, by what was known then; NULL without a day.
-- As in: marts.listing_dyads, list_coverage_as_known
-- Example: SELECT count(*) FILTER (is_within_gap) FROM listings_as_known(DATE '2023-01-01') WHERE list_id = 'us_ofac_sdn';
CREATE OR REPLACE MACRO listings_as_known(known, d := NULL) AS TABLE
SELECT
    l.listing_id,
    l.list_id,
    substr(l.listing_id, length(l.list_id) + 2) AS native_id,
    l.* EXCLUDE (listing_id, list_id, stands_from, is_within_gap, possible_from, certain_until)
        REPLACE (CAST(NULL AS TIMESTAMP) AS known_to),
    coalesce(l.valid_from, t.first_day) AS certain_from,
    CASE
        -- an end that the list states may be put off or brought forward by a later edition
        WHEN l.valid_to IS NULL OR (l.valid_to > t.end_day AND l.valid_to_basis = 'source_field')
            THEN greatest(t.end_day, coalesce(l.valid_from, t.first_day) + 1)
        ELSE l.certain_until
    END AS certain_to,
    -- what the first edition after a gap shows for the first time, or no more, came or went on a day that is not known
    l.is_within_gap,
    t.vintage_date,
    CASE WHEN CAST(known AS TIMESTAMP) < end_of_time() THEN CAST(CAST(known AS TIMESTAMP) AS DATE) - t.vintage_date END AS vintage_age_days,
    t.is_covered
FROM marts.listing_versions AS l
LEFT JOIN (
    -- one row for each list, without list_coverage_as_known: planning its window costs more than reading the spans
    SELECT
        c.list_id,
        min(c.covered_from) FILTER (c.is_whole) AS first_day,
        max(c.covered_to) FILTER (c.is_whole) AS end_day,
        max(c.covered_to) - 1 AS vintage_date,
        bool_or(c.is_whole AND c.covered_from <= CAST(d AS DATE) AND CAST(d AS DATE) < c.covered_to) AS is_covered
    FROM (
        -- days after the moment were not covered then; INTERVAL 1 MICROSECOND would be planned as four calls
        SELECT
            list_id,
            covered_from,
            least(covered_to, CAST(CAST(known AS TIMESTAMP) - to_microseconds(1) AS DATE) + 1) AS covered_to,
            covers = 'both' AS is_whole
        FROM core.list_coverage
        WHERE known_from <= CAST(known AS TIMESTAMP)
            AND (known_to IS NULL OR CAST(known AS TIMESTAMP) < known_to)
            AND covered_from < CAST(known AS TIMESTAMP)
    ) AS c
    GROUP BY c.list_id
) AS t ON t.list_id = l.list_id
WHERE l.stands_from <= CAST(known AS TIMESTAMP) AND (l.known_to IS NULL OR CAST(known AS TIMESTAMP) < l.known_to);
COMMENT ON MACRO TABLE listings_as_known IS 'All listings, each in the version that stood at a moment, with the days on which it is certain to have been in force.';
