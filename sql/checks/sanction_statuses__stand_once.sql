-- critical: At any moment of known time a suspension of a listing stands once.
-- table: core.sanction_statuses
SELECT listing_id, status, valid_from, known_from, known_to, next_known_from
FROM (
    SELECT *, lead(known_from) OVER (PARTITION BY listing_id, status, valid_from ORDER BY known_from) AS next_known_from
    FROM core.sanction_statuses
)
WHERE next_known_from IS NOT NULL AND (known_to IS NULL OR next_known_from < known_to)
