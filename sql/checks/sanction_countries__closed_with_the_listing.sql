-- critical: An open country is that of a listing in force: a removal closes the countries.
-- table: core.sanction_countries
SELECT c.*
FROM core.sanction_countries AS c
WHERE c.known_to IS NULL
    AND NOT EXISTS (
        FROM core.sanction_listings AS l WHERE l.listing_id = c.listing_id AND l.known_to IS NULL AND l.valid_to IS NULL
    )
