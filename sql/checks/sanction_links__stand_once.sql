-- critical: At any moment of known time a link of a listing stands once.
-- table: core.sanction_links
SELECT listing_id, relation, linked_name, known_from, known_to, next_known_from
FROM (
    SELECT *, lead(known_from) OVER (PARTITION BY listing_id, relation, linked_name ORDER BY known_from) AS next_known_from
    FROM core.sanction_links
)
WHERE next_known_from IS NOT NULL AND (known_to IS NULL OR next_known_from < known_to)
