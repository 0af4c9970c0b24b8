-- critical: At any moment of known time an identifier of a listing stands once.
-- table: core.sanction_identifiers
SELECT listing_id, scheme, value, known_from, known_to, next_known_from
FROM (
    SELECT *, lead(known_from) OVER (PARTITION BY listing_id, scheme, value ORDER BY known_from) AS next_known_from
    FROM core.sanction_identifiers
)
WHERE next_known_from IS NOT NULL AND (known_to IS NULL OR next_known_from < known_to)
