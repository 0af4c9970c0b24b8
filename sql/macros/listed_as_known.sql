-- Listings in force on a day, by what a reader knew at a moment: what an analyst would have answered then.
-- d: the day (DATE or text), in the authority's time zone. known: the moment, UTC; a DATE is its first instant.
-- Result: the columns of core.sanction_listings, one row per listing, each in the version that stood at that moment.
-- Example: SELECT name FROM listed_as_known(DATE '2023-11-16', TIMESTAMP '2023-11-16 12:00');
CREATE OR REPLACE MACRO listed_as_known(d, known) AS TABLE
SELECT l.*
FROM core.sanction_listings AS l
WHERE l.known_from <= CAST(known AS TIMESTAMP)
    AND (l.known_to IS NULL OR CAST(known AS TIMESTAMP) < l.known_to)
    AND (l.valid_from IS NULL OR l.valid_from <= CAST(d AS DATE))
    AND (l.valid_to IS NULL OR CAST(d AS DATE) < l.valid_to);
COMMENT ON MACRO TABLE listed_as_known IS 'Listings in force on a day, by what a reader knew at a moment: what an analyst would have answered then.';
