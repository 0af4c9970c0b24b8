-- critical: An open country is that of a listing that is in force, or that ended on a day stated by the list and may still be shown: a removal that was seen closes the countries.
-- table: core.sanction_countries
SELECT c.*
FROM core.sanction_countries AS c
WHERE c.known_to IS NULL
    AND NOT EXISTS (
        FROM core.sanction_listings AS l
        WHERE l.listing_id = c.listing_id AND l.known_to IS NULL AND (l.valid_to IS NULL OR l.valid_to_basis <> 'snapshot_diff')
    )
