-- Which directed dyads listings counted in, by what was known at a moment: marts.listing_dyads as it would have been then.
-- known: the moment, UTC; a DATE is its first instant.
-- Result: the columns of marts.listing_dyads. Only rows of core with known_from at or before that moment are read.
-- Example: SELECT count(DISTINCT listing_id) FROM listing_dyads_as_known(DATE '2023-01-01') WHERE target_id = 'CHN';
CREATE OR REPLACE MACRO listing_dyads_as_known(known) AS TABLE
WITH authorities AS (
    SELECT
        n.actor_id AS authority_id,
        CASE WHEN n.kind = 'state' THEN n.actor_id ELSE coalesce(n.country_id, n.parent_id, n.actor_id) END AS source_id
    FROM core.actors AS n
),
versions AS (
    SELECT l.listing_id, l.list_id, l.actor_id, l.name, l.valid_from, l.valid_from_basis, l.valid_to, l.known_from,
        CASE WHEN l.known_to <= CAST(known AS TIMESTAMP) THEN l.known_to END AS ended_at
    FROM core.sanction_listings AS l
    WHERE l.known_from <= CAST(known AS TIMESTAMP)
),
standing AS (
    SELECT v.*, s.authority_id, h.source_id
    FROM versions AS v
    JOIN core.sanction_lists AS s ON s.list_id = v.list_id
    JOIN authorities AS h ON h.authority_id = s.authority_id
    WHERE v.ended_at IS NULL
),
ends AS (
    SELECT v.listing_id, max(v.ended_at) AS ended_at
    FROM versions AS v
    WHERE v.valid_to IS NULL
    GROUP BY v.listing_id
),
countries AS (
    SELECT s.listing_id, s.known_from AS version_known_from, c.country_id, min(c.known_from) AS known_from
    FROM standing AS s
    LEFT JOIN ends AS e ON e.listing_id = s.listing_id
    JOIN core.sanction_countries AS c ON c.listing_id = s.listing_id
    WHERE c.basis IN ('nationality', 'citizenship', 'list_destination', 'address')
        AND c.known_from <= CAST(known AS TIMESTAMP)
        AND (
            c.known_to IS NULL
            OR c.known_to > CAST(known AS TIMESTAMP)
            OR (s.valid_to IS NOT NULL AND c.known_to >= coalesce(e.ended_at, s.known_from))
        )
    GROUP BY ALL
)
SELECT DISTINCT
    s.listing_id,
    s.list_id,
    s.authority_id,
    s.source_id,
    c.country_id AS target_id,
    s.actor_id,
    s.name,
    s.valid_from,
    s.valid_from_basis,
    s.valid_to,
    c.known_from AS country_known_from
FROM standing AS s
LEFT JOIN countries AS c ON c.listing_id = s.listing_id AND c.version_known_from = s.known_from;
COMMENT ON MACRO TABLE listing_dyads_as_known IS 'Which directed dyads listings counted in, by what was known at a moment: marts.listing_dyads as it would have been then.';
