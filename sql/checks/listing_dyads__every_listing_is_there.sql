-- critical: Rows in = rows out: every listing now known is here, under the state of its authority.
-- table: marts.listing_dyads
-- scope: build
SELECT l.*
FROM core.sanction_listings AS l
WHERE l.known_to IS NULL AND NOT EXISTS (FROM marts.listing_dyads AS d WHERE d.listing_id = l.listing_id AND d.source_id IS NOT NULL);
