-- critical: Every listing that ended was removed by an event of that day (one withdrawn before it began, of the day of the withdrawal), or replaced by a re-issued id of the same actor on that day. An end that lies ahead has no event yet.
-- table: core.sanction_listings
-- rows: listing_id
SELECT l.listing_id, l.valid_to, l.known_from
FROM core.sanction_listings AS l
JOIN core.sanction_lists AS s USING (list_id)
WHERE l.known_to IS NULL
    AND l.valid_to <= s.covered_until
    AND NOT EXISTS (
        FROM core.sanction_events AS e
        WHERE e.listing_id = l.listing_id AND e.kind = 'removed' AND (e.event_date = l.valid_to OR l.valid_from = l.valid_to)
    )
    AND NOT EXISTS (
        FROM core.sanction_events AS e
        JOIN core.sanction_listings AS n USING (listing_id)
        WHERE e.kind = 'reissued' AND e.event_date = l.valid_to AND n.actor_id = l.actor_id AND n.listing_id <> l.listing_id
    )
