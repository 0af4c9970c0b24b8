-- critical: A state is no partner of its own: self-dyads are outside the panels.
-- table: marts.dyad_day
-- scope: build
SELECT *
FROM marts.dyad_spans
WHERE source_id = target_id OR source_id IS NULL OR target_id IS NULL;
