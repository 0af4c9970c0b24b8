-- critical: A date that comes from comparing snapshots is an upper bound: the lower one is given with it, and nowhere else.
-- table: core.sanction_listings
-- rows: listing_id
SELECT listing_id, valid_from, valid_from_basis, valid_from_earliest, valid_to, valid_to_basis, valid_to_earliest
FROM core.sanction_listings
WHERE (valid_from_basis = 'snapshot_diff') <> (valid_from_earliest IS NOT NULL)
    OR (valid_to_basis IS NOT DISTINCT FROM 'snapshot_diff') <> (valid_to_earliest IS NOT NULL)
    OR valid_to_earliest > valid_to
