-- critical: Every current suspension has an event on its first day: else statuses and events contradict each other.
-- table: core.sanction_statuses
-- rows: listing_id, valid_from, known_from
SELECT d.listing_id, d.valid_from, d.known_from
FROM core.sanction_statuses AS d
WHERE d.known_to IS NULL
    AND NOT EXISTS (
        FROM core.sanction_events AS e WHERE e.listing_id = d.listing_id AND e.kind = 'suspended' AND e.event_date = d.valid_from
    )
