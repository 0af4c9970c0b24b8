-- critical: One row per article, listing and interval: a join on it must not multiply rows.
-- table: marts.article_listings
-- scope: build
SELECT article_id, listing_id, valid_from, valid_to, count(*) AS n_rows
FROM marts.article_listings
GROUP BY ALL
HAVING count(*) > 1;
