-- How many listings of each authority's state had no known target state, day by day: to be read with counts by state.
-- since: the first day (DATE or text), in the authority's time zone. until: the last day.
-- Result: one row per state that lists and day, by current knowledge.
-- A day has no row before a list of the state is known to have named anyone.
-- Column date: The day, in the authority's time zone.
-- Column n_listings_target_unknown: Listings of its lists without a known target state: a stock.
-- Column n_listed: All listings of its lists, each once: a stock.
-- Column n_added_target_unknown: Of n_added, those without a known target state.
-- Column n_added: Listings added to its lists on the day.
-- As in: marts.listing_dyads
-- Example: SELECT n_listings_target_unknown, n_listed FROM target_unknown_days('2023-11-15', '2023-11-15') WHERE source_id = 'USA';
CREATE OR REPLACE MACRO target_unknown_days(since, until) AS TABLE
SELECT
    d.source_id,
    d.date,
    CAST(coalesce(sum(d.n_listed) FILTER (d.target_id IS NULL), 0) AS INTEGER) AS n_listings_target_unknown,
    CAST(coalesce(sum(d.n_listed) FILTER (d.target_id = 'ALL'), 0) AS INTEGER) AS n_listed,
    CAST(coalesce(sum(d.n_added) FILTER (d.target_id IS NULL), 0) AS INTEGER) AS n_added_target_unknown,
    CAST(coalesce(sum(d.n_added) FILTER (d.target_id = 'ALL'), 0) AS INTEGER) AS n_added
FROM list_days(since, until) AS d
WHERE d.target_id IS NULL OR d.target_id = 'ALL'
GROUP BY d.source_id, d.date;
COMMENT ON MACRO TABLE target_unknown_days IS 'How many listings of each authority''s state had no known target state, day by day: to be read with counts by state.';
