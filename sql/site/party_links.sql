-- Links of a party to others, and its addresses and numbers, as known at a moment.
SELECT 'link' AS kind, k.relation AS what, k.linked_name AS value, o.actor_id AS other_id
FROM core.sanction_links AS k
LEFT JOIN (SELECT DISTINCT s.listing_id, s.actor_id FROM core.sanction_listings AS s) AS o ON o.listing_id = k.linked_listing_id
WHERE k.listing_id IN (SELECT l.listing_id FROM core.sanction_listings AS l WHERE l.actor_id = $actor)
    AND k.known_from <= $known AND (k.known_to IS NULL OR $known < k.known_to)
UNION
SELECT 'identifier', i.scheme, i.value, NULL
FROM core.sanction_identifiers AS i
WHERE i.listing_id IN (SELECT l.listing_id FROM core.sanction_listings AS l WHERE l.actor_id = $actor)
    AND i.known_from <= $known AND (i.known_to IS NULL OR $known < i.known_to)
UNION
SELECT 'address', coalesce(d.country_id, d.country_raw), concat_ws(', ', d.address, d.city), NULL
FROM core.sanction_addresses AS d
WHERE d.listing_id IN (SELECT l.listing_id FROM core.sanction_listings AS l WHERE l.actor_id = $actor)
    AND d.known_from <= $known AND (d.known_to IS NULL OR $known < d.known_to)
ORDER BY ALL;
