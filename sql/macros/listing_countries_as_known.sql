-- The states of every listed party with all evidence, as known at a moment: what lists state, and other evidence.
-- known: the moment, UTC; a DATE is its first instant.
-- Result: one row per listing, state and kind of evidence. is_target: what the list
-- states (nationality, citizenship, list destination, address); where it states none of these, the first that is there of:
-- registration, identifier, linked party with other list and registry. Never place of birth, other remarks, flag.
-- Of a listing that had been removed by then: what stood until its removal. Only rows of core with known_from at or before that moment
-- are read.
-- Column version_known_from: known_from of the version of the listing that stood then.
-- As in: marts.listing_countries
-- Example: SELECT basis, count(*) FROM listing_countries_as_known(DATE '2023-10-05') WHERE country_id = 'CHN' GROUP BY basis;
CREATE OR REPLACE MACRO listing_countries_as_known(known) AS TABLE
WITH versions AS (
    SELECT l.listing_id, l.valid_from, l.valid_to, l.known_from,
        CASE WHEN l.known_to <= CAST(known AS TIMESTAMP) THEN l.known_to END AS ended_at
    FROM core.sanction_listings AS l
    WHERE l.known_from <= CAST(known AS TIMESTAMP)
),
ends AS (
    SELECT v.listing_id, v.valid_from, max(v.ended_at) AS ended_at
    FROM versions AS v
    WHERE v.valid_to IS NULL
    GROUP BY v.listing_id, v.valid_from
),
again AS (
    -- of listings that ended and came back: when each of their periods became known
    SELECT v.listing_id, v.valid_from, min(v.known_from) AS known_from
    FROM versions AS v
    GROUP BY v.listing_id, v.valid_from
    QUALIFY count(*) OVER (PARTITION BY v.listing_id) > 1
),
returns AS (
    SELECT v.listing_id, v.known_from, min(n.known_from) AS back_at
    FROM versions AS v
    JOIN again AS n ON n.listing_id = v.listing_id
        AND n.valid_from >= v.valid_to
        AND n.valid_from IS DISTINCT FROM v.valid_from
    WHERE v.ended_at IS NULL
    GROUP BY v.listing_id, v.known_from
),
standing AS (
    -- a removal closes the countries: the ones that stood until it became known are those of the past days
    SELECT
        v.listing_id,
        v.known_from,
        CASE WHEN v.valid_to IS NOT NULL THEN coalesce(e.ended_at, v.known_from) END AS gone_at,
        r.back_at
    FROM versions AS v
    LEFT JOIN ends AS e ON e.listing_id = v.listing_id AND e.valid_from IS NOT DISTINCT FROM v.valid_from
    LEFT JOIN returns AS r ON r.listing_id = v.listing_id AND r.known_from = v.known_from
    WHERE v.ended_at IS NULL
),
every AS (
    SELECT
        s.listing_id,
        s.country_id,
        s.basis,
        CASE WHEN s.basis IN ('place_of_birth', 'remark') THEN 'weak' ELSE 'stated' END AS strength,
        CAST(NULL AS VARCHAR) AS evidence,
        s.known_from,
        s.known_to,
        TRUE AS is_stated
    FROM core.sanction_countries AS s
    UNION ALL
    SELECT t.listing_id, t.country_id, t.basis, t.strength, t.evidence, t.known_from, t.known_to, FALSE
    FROM core.target_evidence AS t
),
held AS (
    SELECT
        s.listing_id,
        s.known_from AS version_known_from,
        c.country_id,
        c.basis,
        c.strength,
        arg_min(c.evidence, c.known_from) AS evidence,
        min(c.known_from) AS known_from,
        CASE
            WHEN c.basis IN ('nationality', 'citizenship', 'list_destination', 'address') THEN 1
            WHEN c.basis = 'registration' THEN 2
            WHEN c.basis = 'identifier' THEN 3
            WHEN c.basis IN ('linked_party', 'other_list', 'registry') THEN 4
        END AS rank
    FROM standing AS s
    JOIN every AS c ON c.listing_id = s.listing_id
    WHERE c.known_from <= CAST(known AS TIMESTAMP)
        AND (c.known_to IS NULL OR c.known_to > CAST(known AS TIMESTAMP) OR c.known_to >= s.gone_at)
        -- what the list states once the party is back says nothing about the time before
        AND (NOT c.is_stated OR s.back_at IS NULL OR c.known_from < s.back_at)
    GROUP BY ALL
),
first_ranks AS (
    SELECT r.listing_id, r.version_known_from, min(r.rank) AS rank FROM held AS r GROUP BY r.listing_id, r.version_known_from
)
SELECT
    h.listing_id,
    h.version_known_from,
    h.country_id,
    h.basis,
    h.strength,
    h.evidence,
    h.known_from,
    coalesce(h.rank = f.rank, false) AS is_target
FROM held AS h
-- a window over all of it takes three times as long
LEFT JOIN first_ranks AS f ON f.listing_id = h.listing_id AND f.version_known_from = h.version_known_from;
COMMENT ON MACRO TABLE listing_countries_as_known IS 'The states of every listed party with all evidence, as known at a moment: what lists state, and other evidence.';
