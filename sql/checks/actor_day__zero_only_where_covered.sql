-- critical: Unknown stays unknown: 0 events are claimed only for days of which all slots of the news are held.
-- table: marts.actor_day
-- scope: build
SELECT *
FROM marts.actor_day
WHERE (n_events_as_source = 0 OR n_events_as_target = 0) AND coalesce(coverage_share, 0) < 1;
