-- critical: Every program is that of a listing.
-- table: core.sanction_programs
-- rows: listing_id
SELECT * FROM core.sanction_programs AS p
WHERE NOT EXISTS (FROM core.sanction_listings AS l WHERE l.listing_id = p.listing_id)
