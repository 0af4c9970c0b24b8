-- critical: Every date of birth is that of a listing, an open one of a listing that is in force, or that ended on a day stated by the list and may still be shown: what was seen to be gone has no open date of birth.
-- table: core.sanction_birth_dates
SELECT d.*
FROM core.sanction_birth_dates AS d
WHERE NOT EXISTS (
    FROM core.sanction_listings AS l
    WHERE l.listing_id = d.listing_id
        AND (d.known_to IS NOT NULL OR (l.known_to IS NULL AND (l.valid_to IS NULL OR l.valid_to_basis <> 'snapshot_diff')))
)
