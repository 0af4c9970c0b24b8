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
    l.* EXCLUDE (certain_from, certain_to, is_within_gap, vintage_date, vintage_age_days, is_covered),
    CASE
        WHEN l.valid_from > CAST(d AS DATE) THEN 'possible'
        WHEN l.is_covered OR (l.certain_from <= CAST(d AS DATE) AND CAST(d AS DATE) < l.certain_to) THEN 'certain'
        ELSE 'possible'
    END AS certainty,
    l.vintage_date,
    l.vintage_age_days
FROM listings_as_known(known, d := d) AS l
WHERE (l.valid_from IS NULL OR l.valid_from <= CAST(d AS DATE) OR (l.is_within_gap AND l.valid_from_earliest <= CAST(d AS DATE)))
    AND (l.valid_to IS NULL OR CAST(d AS DATE) < l.valid_to);
COMMENT ON MACRO TABLE listed_as_known IS 'Listings in force on a day, by what a reader knew at a moment: what an analyst would have answered then.';
