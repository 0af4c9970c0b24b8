-- Listed parties whose names are like $name, one row each, the likest first; $most: so many.
SELECT
    p.actor_id,
    first(p.name ORDER BY p.score DESC, p.valid_to NULLS FIRST, p.name) AS name,
    max(p.score) AS score,
    first(p.reason ORDER BY p.score DESC, p.valid_to NULLS FIRST, p.name) AS reason,
    array_to_string(list_sort(list_distinct(list(p.list_id))), ', ') AS lists,
    any_value(p.target_ids) AS target_ids,
    count(DISTINCT p.listing_id) AS n_listings
FROM find_parties([$name]) AS p
GROUP BY p.actor_id
ORDER BY score DESC, name, p.actor_id
LIMIT $most;
