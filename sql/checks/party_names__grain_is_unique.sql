-- critical: One row per listing_id, name: a join on it must not multiply rows.
-- table: marts.party_names
-- scope: build
SELECT listing_id, name, count(*) AS n_rows
FROM marts.party_names
GROUP BY ALL
HAVING count(*) > 1;
