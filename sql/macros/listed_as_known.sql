-- Listings in force on a day, by what a reader knew at a moment: what an analyst would have answered then.
-- d: the day (DATE or text), in the authority's time zone. known: the moment, UTC; a DATE is its first instant.
-- Result: the columns of core.sanction_listings, one row per listing, each in the version that stood at that moment; then
-- certainty, vintage_date and vintage_age_days. Count with certainty = 'certain'. A party
-- without a row was not listed only where the list covers the day: list_coverage_on(d) says where not.
-- Column certainty (certain, possible): Whether it is certain that it was in force on the day. certain: the list covers the day, or the
-- listing was seen before and after it. possible: the day lies before the first edition, after the last one, or in a gap in which the
-- listing came (valid_from_earliest <= d < valid_from) or went.
-- Column vintage_date: Day of the newest edition of the list known then.
-- Column vintage_age_days: Days from vintage_date to the moment; NULL at the end of known time.
-- Example: SELECT name FROM listed_as_known(DATE '2023-11-16', TIMESTAMP '2023-11-16 12:00') WHERE certainty = 'certain';
CREATE OR REPLACE MACRO listed_as_known(d, known) AS TABLE
SELECT
    l.listing_id,
    l.list_id,
    substr(l.listing_id, length(l.list_id) + 2) AS native_id,
    l.* EXCLUDE (listing_id, list_id, stands_from, is_within_gap, possible_from, certain_until)
        REPLACE (CAST(NULL AS TIMESTAMP) AS known_to),
    -- as certain_from and certain_to of listings_as_known say it; asked of that macro, it takes a third longer to plan
    CASE
        WHEN (coalesce(l.valid_from, t.first_day) <= CAST(d AS DATE)) IS NOT TRUE THEN 'possible'
        WHEN t.is_covered THEN 'certain'
        WHEN coalesce(l.certain_until <= CAST(d AS DATE), l.valid_to IS NOT NULL) THEN 'possible'
        -- after the last edition only its first day is certain; where there is none, an end that the list states holds
        WHEN (l.valid_to IS NULL OR l.valid_to_basis = 'source_field')
            AND l.valid_from IS DISTINCT FROM CAST(d AS DATE)
            AND coalesce(t.end_day <= CAST(d AS DATE), l.valid_to IS NULL)
            THEN 'possible'
        ELSE 'certain'
    END AS certainty,
    t.vintage_date,
    CASE WHEN CAST(known AS TIMESTAMP) < end_of_time() THEN CAST(CAST(known AS TIMESTAMP) AS DATE) - t.vintage_date END AS vintage_age_days
FROM marts.listing_versions AS l
LEFT JOIN (
    -- one row for each list, as in listings_as_known
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
WHERE l.stands_from <= CAST(known AS TIMESTAMP) AND (l.known_to IS NULL OR CAST(known AS TIMESTAMP) < l.known_to)
    AND (l.possible_from IS NULL OR l.possible_from <= CAST(d AS DATE))
    AND (l.valid_to IS NULL OR CAST(d AS DATE) < l.valid_to);
COMMENT ON MACRO TABLE listed_as_known IS 'Listings in force on a day, by what a reader knew at a moment: what an analyst would have answered then.';
