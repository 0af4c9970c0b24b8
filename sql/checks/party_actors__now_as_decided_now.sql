-- critical: The party of a listing that stands in known time is the one that it has by the decisions of now: else what is asked as known now differs from what is asked now.
-- table: core.party_actors
-- scope: build
SELECT p.listing_id, p.actor_id, l.actor_id AS actor_id_now
FROM core.party_actors AS p
JOIN core.sanction_listings AS l ON l.listing_id = p.listing_id AND l.known_to IS NULL
WHERE p.known_to IS NULL AND p.actor_id <> l.actor_id
