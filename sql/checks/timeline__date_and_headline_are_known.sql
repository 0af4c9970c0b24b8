-- critical: A line of the timeline says what happened, when, between whom, and since when that was known.
-- table: marts.timeline
-- scope: build
SELECT *
FROM marts.timeline
WHERE date IS NULL OR headline IS NULL OR headline = '' OR source_id IS NULL OR target_id IS NULL OR source_id = target_id OR known_from IS NULL;
