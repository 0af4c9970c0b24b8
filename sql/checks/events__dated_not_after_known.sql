-- critical: An event was not known before it happened; one day is allowed, since event_date is a local day and known_from UTC.
-- rests on: a definition: nothing is reported before it happens.
-- table: core.events
-- rows: event_id
SELECT event_id, event_date, known_from
FROM core.events
WHERE event_date > CAST(known_from AS DATE) + 1
