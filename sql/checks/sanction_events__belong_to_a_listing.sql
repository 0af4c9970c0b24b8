-- critical: Every event is about a listing that was known at that moment.
-- table: core.sanction_events
-- rows: event_id
SELECT * FROM core.sanction_events AS e
WHERE NOT EXISTS (FROM core.sanction_listings AS l WHERE l.listing_id = e.listing_id AND l.known_from <= e.known_at)
