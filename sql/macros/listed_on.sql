-- Listings in force on a day, by current knowledge: also those that were removed since, or whose listing became known later.
-- d: the day (DATE or text), in the authority's time zone.
-- Result: the columns of core.sanction_listings, one row per listing. A listing that was there already in the first snapshot
-- held (valid_from_basis 'left_censored') counts on every earlier day.
-- Example: SELECT count(*) FROM listed_on(DATE '2023-11-15') WHERE list_id = 'us_ofac_sdn';
CREATE OR REPLACE MACRO listed_on(d) AS TABLE
SELECT l.*
FROM core.sanction_listings AS l
WHERE l.known_to IS NULL
    AND (l.valid_from IS NULL OR l.valid_from <= CAST(d AS DATE))
    AND (l.valid_to IS NULL OR CAST(d AS DATE) < l.valid_to);
COMMENT ON MACRO TABLE listed_on IS 'Listings in force on a day, by current knowledge: also those that were removed since, or whose listing became known later.';
