-- critical: A program in force is that of a listing in force: a removal ends the programs too.
-- table: core.sanction_programs
-- rows: listing_id, program, valid_from, known_from
SELECT p.listing_id, p.program, p.valid_from, p.known_from
FROM core.sanction_programs AS p
WHERE p.known_to IS NULL
    AND p.valid_to IS NULL
    AND NOT EXISTS (
        FROM core.sanction_listings AS l WHERE l.listing_id = p.listing_id AND l.known_to IS NULL AND l.valid_to IS NULL
    )
