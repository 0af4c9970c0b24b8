-- critical: At any moment of known time a name of a listing stands once.
-- table: core.sanction_names
SELECT listing_id, name, kind, quality, known_from, known_to, next_known_from
FROM (
    SELECT *, lead(known_from) OVER (PARTITION BY listing_id, name, kind, quality ORDER BY known_from) AS next_known_from
    FROM core.sanction_names
)
WHERE next_known_from IS NOT NULL AND (known_to IS NULL OR next_known_from < known_to)
