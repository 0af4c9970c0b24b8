-- critical: At any moment of known time a place of birth of a listing stands once.
-- table: core.sanction_birth_places
SELECT listing_id, place, known_from, known_to, next_known_from
FROM (
    SELECT *, lead(known_from) OVER (PARTITION BY listing_id, place ORDER BY known_from) AS next_known_from
    FROM core.sanction_birth_places
)
WHERE next_known_from IS NOT NULL AND (known_to IS NULL OR next_known_from < known_to)
