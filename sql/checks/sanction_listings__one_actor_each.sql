-- critical: A listing is of one party through all its versions; a re-issued id keeps the actor of the id it replaces from the start.
-- table: core.sanction_listings
SELECT listing_id, list(DISTINCT actor_id) AS actors
FROM core.sanction_listings
GROUP BY listing_id
HAVING count(DISTINCT actor_id) > 1
