-- critical: A re-issued id takes over from another listing of the same actor that ended on that very day: one party, no gap.
-- table: core.sanction_events
-- rows: event_id
SELECT e.event_id, e.event_date, n.actor_id
FROM core.sanction_events AS e
JOIN core.sanction_listings AS n ON n.listing_id = e.listing_id AND n.known_from = e.known_at
WHERE e.kind = 'reissued'
    AND NOT EXISTS (
        FROM core.sanction_listings AS o
        WHERE o.actor_id = n.actor_id AND o.listing_id <> n.listing_id AND o.known_to IS NULL AND o.valid_to = e.event_date
    )
