-- How many changes of listings between the two states became known after a moment.
SELECT count(*) AS n
FROM core.sanction_events AS e
WHERE e.known_at > $known
    AND e.kind IN ('added', 'removed', 'suspended', 'resumed')
    AND e.listing_id IN (
        SELECT d.listing_id FROM marts.listing_dyads AS d
        WHERE (d.source_id = $source AND d.target_id = $target) OR (d.source_id = $target AND d.target_id = $source)
    );
