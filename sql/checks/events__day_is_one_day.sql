-- critical: Intervals are half-open: an event exact to the day ends on the day after.
-- table: core.events
-- rows: event_id
SELECT event_id, event_date, event_date_end
FROM core.events
WHERE date_precision = 'day' AND event_date_end IS DISTINCT FROM event_date + 1
