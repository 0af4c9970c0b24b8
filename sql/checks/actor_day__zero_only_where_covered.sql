-- critical: Unknown stays unknown: 0 events are claimed only for days with all slots of the news, 0 listings only for days that all lists cover.
-- table: marts.actor_day
-- scope: build
SELECT *
FROM marts.actor_day
WHERE ((n_events_as_source = 0 OR n_events_as_target = 0) AND coalesce(coverage_share, 0) < 1)
    OR (n_listings_in_force_against = 0 AND n_lists_covered_of_all < n_lists_held_of_all)
    OR (n_listings_in_force_by = 0 AND n_lists_covered < n_lists_held);
