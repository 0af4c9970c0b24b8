-- critical: Every name is that of a listing.
-- table: core.sanction_names
-- rows: listing_id
SELECT * FROM core.sanction_names AS n
WHERE NOT EXISTS (FROM core.sanction_listings AS l WHERE l.listing_id = n.listing_id)
