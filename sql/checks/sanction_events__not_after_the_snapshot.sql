-- critical: An act seen by comparing snapshots cannot be later than the snapshot that showed it (the UTC day is never before the day in the authority's zone west of it).
-- table: core.sanction_events
-- rows: event_id
SELECT event_id, event_date, known_at
FROM core.sanction_events
WHERE event_date_earliest IS NOT NULL AND event_date > CAST(known_at AS DATE)
