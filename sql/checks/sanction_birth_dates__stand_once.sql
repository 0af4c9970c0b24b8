-- critical: At any moment of known time a date of birth of a listing stands once.
-- table: core.sanction_birth_dates
SELECT listing_id, born, known_from, known_to, next_known_from
FROM (
    SELECT *, lead(known_from) OVER (PARTITION BY listing_id, born ORDER BY known_from) AS next_known_from
    FROM core.sanction_birth_dates
)
WHERE next_known_from IS NOT NULL AND (known_to IS NULL OR next_known_from < known_to)
