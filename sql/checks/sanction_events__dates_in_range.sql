-- critical: An act is dated between 1900 and two years after the last day covered by its list, as the listing that it changes.
-- rests on: our code: as of the listings.
-- table: core.sanction_events
-- rows: event_id
SELECT e.event_id, e.event_date, s.covered_until
FROM core.sanction_events AS e
JOIN core.sanction_lists AS s USING (list_id)
WHERE e.event_date < DATE '1900-01-01' OR e.event_date > s.covered_until + 730
