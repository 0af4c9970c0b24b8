-- What was done to the listings of a party, as known at a moment, the newest first.
SELECT e.event_date, e.event_date_earliest, e.kind, e.listing_id, e.list_id, s.name AS list_name, e.name, e.detail, e.citation, e.url, e.known_at
FROM core.sanction_events AS e
JOIN core.sanction_lists AS s ON s.list_id = e.list_id
WHERE e.listing_id IN (SELECT l.listing_id FROM core.sanction_listings AS l WHERE l.actor_id = $actor)
    AND e.known_at <= $known
ORDER BY e.event_date DESC, e.kind, e.event_id;
