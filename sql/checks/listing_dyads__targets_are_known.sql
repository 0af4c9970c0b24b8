-- warning: A listing without a state counts in no dyad: few should be.
-- table: marts.listing_dyads
-- scope: build
SELECT list_id, count(*) AS n_listings, count(*) FILTER (target_id IS NULL) AS n_without_state
FROM marts.listing_dyads
GROUP BY list_id
HAVING count(*) FILTER (target_id IS NULL) > 0.5 * count(*);
