-- critical: Unknown stays unknown: 0 events are claimed only for days of which some news is held.
-- table: marts.dyad_day
-- scope: build
SELECT *
FROM marts.dyad_day
WHERE n_events = 0 AND (coverage_share IS NULL OR coverage_share = 0);
