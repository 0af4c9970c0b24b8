-- critical: Every listing whose start is known was added or re-issued by an event of that day; else listings and events contradict each other. A start that the list states later keeps the event that comparing had dated, and a corrected one that of the day first stated.
-- table: core.sanction_listings
-- rows: listing_id
SELECT l.listing_id, l.valid_from, l.known_from
FROM core.sanction_listings AS l
WHERE l.known_to IS NULL
    AND l.valid_from IS NOT NULL
    AND NOT EXISTS (
        FROM core.sanction_events AS e
        WHERE e.listing_id = l.listing_id
            AND e.kind IN ('added', 'reissued')
            AND (e.event_date = l.valid_from OR (l.valid_from_basis <> 'snapshot_diff' AND e.event_date_earliest IS NOT NULL))
    )
    AND NOT EXISTS (
        FROM core.sanction_events AS e
        JOIN core.sanction_events AS first ON first.listing_id = e.listing_id AND first.kind IN ('added', 'reissued')
        WHERE e.listing_id = l.listing_id AND e.kind = 'modified' AND contains(e.detail, 'valid_from')
    )
