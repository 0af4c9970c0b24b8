-- critical: Unknown stays unknown: a day without events is 0 where all slots of its news are held, and NULL where one is missing.
-- table: marts.dyad_day
-- scope: build
SELECT *
FROM marts.dyad_day
WHERE (n_events = 0 AND coalesce(coverage_share, 0) < 1) OR (n_events IS NULL AND coverage_share >= 1);
