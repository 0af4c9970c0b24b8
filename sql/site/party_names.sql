-- Names of a party as its listings have them, as known at a moment.
SELECT n.name, n.kind, n.quality, array_to_string(list_sort(list_distinct(list(l.list_id))), ', ') AS lists
FROM core.sanction_names AS n
JOIN (SELECT DISTINCT s.listing_id, s.list_id FROM core.sanction_listings AS s WHERE s.actor_id = $actor) AS l
    ON l.listing_id = n.listing_id
WHERE n.known_from <= $known AND (n.known_to IS NULL OR $known < n.known_to)
GROUP BY n.name, n.kind, n.quality
ORDER BY n.kind = 'primary' DESC, n.quality, n.kind, n.name;
