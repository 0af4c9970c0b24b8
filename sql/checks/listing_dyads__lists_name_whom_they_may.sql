-- warning: A list whose law names its states (core.sanction_lists.target_ids) has parties of these alone: of any other state a panel would be called exact without it.
-- table: marts.listing_dyads
-- scope: build
SELECT d.list_id, d.target_id, count(*) AS n_listings
FROM marts.listing_dyads AS d
JOIN core.sanction_lists AS s ON s.list_id = d.list_id
WHERE NOT list_contains(s.target_ids, d.target_id)
GROUP BY ALL
