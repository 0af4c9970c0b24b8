-- critical: At any moment of known time a country of a listing stands once on each basis.
-- table: core.sanction_countries
SELECT listing_id, country_id, basis, known_from, known_to, next_known_from
FROM (
    SELECT *, lead(known_from) OVER (PARTITION BY listing_id, country_id, basis ORDER BY known_from) AS next_known_from
    FROM core.sanction_countries
)
WHERE next_known_from IS NOT NULL AND (known_to IS NULL OR next_known_from < known_to)
