-- critical: One row per listing_id, target_id, valid_from, valid_to: a join on it must not multiply rows.
-- table: marts.listing_dyads
-- scope: build
SELECT listing_id, target_id, valid_from, valid_to, count(*) AS n_rows
FROM marts.listing_dyads
GROUP BY ALL
HAVING count(*) > 1;
