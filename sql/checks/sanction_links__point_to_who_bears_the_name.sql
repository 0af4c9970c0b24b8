-- critical: A link that gives only a name points to a listing that bears it.
-- table: core.sanction_links
SELECT k.listing_id, k.linked_name, k.linked_listing_id
FROM core.sanction_links AS k
WHERE k.relation = 'linked_to'
    AND k.linked_listing_id IS NOT NULL
    AND NOT EXISTS (FROM core.sanction_listings AS l WHERE l.listing_id = k.linked_listing_id AND l.name = k.linked_name);
