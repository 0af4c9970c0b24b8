-- critical: Unknown stays unknown: a day without events is 0 where all slots of its news are available and NULL where one is missing; no listings are 0 where all lists of the source are covered, and NULL where one is not.
-- table: marts.dyad_day
-- scope: build
SELECT *
FROM marts.dyad_spans
WHERE (n_events = 0 AND coalesce(coverage_share, 0) < 1)
    OR (n_events IS NULL AND coverage_share >= 1)
    OR (least(n_listings_added, n_listings_removed, n_listings_in_force) = 0 AND n_lists_covered < n_lists_held)
    OR (n_lists_covered = 0 AND least(n_listings_added, n_listings_removed, n_listings_in_force) = 0)
    OR (n_lists_held > 0 AND are_listings_exact <> (n_lists_covered >= n_lists_held))
    OR (n_lists_held > 0 AND n_lists_covered = n_lists_held AND n_listings_in_force IS NULL)
    OR (n_listings_target_unknown = 0 AND n_lists_covered < n_lists_held)
    OR (n_lists_held > 0 AND n_lists_covered = n_lists_held AND n_listings_target_unknown IS NULL)
    OR n_lists_covered > n_lists_held
    OR n_listings_added_within_gap > n_listings_added;
