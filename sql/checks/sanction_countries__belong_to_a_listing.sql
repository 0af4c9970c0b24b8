-- critical: Every country is that of a listing.
-- table: core.sanction_countries
-- rows: listing_id
SELECT * FROM core.sanction_countries AS c
WHERE NOT EXISTS (FROM core.sanction_listings AS l WHERE l.listing_id = c.listing_id)
