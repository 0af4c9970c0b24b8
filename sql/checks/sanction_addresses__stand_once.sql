-- critical: At any moment of known time an address of a listing stands once.
-- table: core.sanction_addresses
SELECT listing_id, address, known_from, known_to, next_known_from
FROM (
    SELECT *, lead(known_from) OVER (PARTITION BY listing_id, address ORDER BY known_from) AS next_known_from
    FROM core.sanction_addresses
)
WHERE next_known_from IS NOT NULL AND (known_to IS NULL OR next_known_from < known_to)
