-- critical: At any moment of known time a note of a listing stands once.
-- table: core.sanction_notes
SELECT listing_id, kind, text, known_from, known_to, next_known_from
FROM (
    SELECT *, lead(known_from) OVER (PARTITION BY listing_id, kind, text ORDER BY known_from) AS next_known_from
    FROM core.sanction_notes
)
WHERE next_known_from IS NOT NULL AND (known_to IS NULL OR next_known_from < known_to)
