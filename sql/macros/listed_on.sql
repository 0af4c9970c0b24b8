-- Listings in force on a day, by current knowledge: also those that were removed since, or whose listing became known later.
-- d: the day (DATE or text), in the authority's time zone.
-- Result: the columns of core.sanction_listings, one row per listing, then certainty. A listing that was there already in the
-- first snapshot here (valid_from_basis 'left_censored') is possible on every earlier day. Count with certainty = 'certain'. A party
-- without a row was not listed only where the list covers the day: list_coverage_on(d) says where not.
-- As in: listed_as_known
-- Example: SELECT certainty, count(*) FROM listed_on(DATE '2023-11-15') WHERE list_id = 'us_ofac_sdn' GROUP BY certainty;
CREATE OR REPLACE MACRO listed_on(d) AS TABLE
SELECT l.* EXCLUDE (vintage_date, vintage_age_days)
FROM listed_as_known(d, end_of_time()) AS l
-- a macro is bound to its own file by a table that it names
LEFT JOIN core.sanction_lists AS s ON s.list_id = l.list_id;
COMMENT ON MACRO TABLE listed_on IS 'Listings in force on a day, by current knowledge: also those that were removed since, or whose listing became known later.';
