-- critical: Counts are not negative, the share lies in 0 to 1.
-- table: marts.actor_day
-- scope: build
SELECT *
FROM marts.actor_day
WHERE coverage_share NOT BETWEEN 0 AND 1 OR n_events_as_source < 0 OR n_events_as_target < 0
    OR n_listings_in_force_against < 0 OR n_listings_in_force_by < 0 OR deaths_12m_known < 0;
