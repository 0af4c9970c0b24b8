-- A listing and one state it aims at, by current knowledge: which directed dyad it counts in, and from when to when.
-- grain: listing_id, target_id, valid_from, valid_to
CREATE TABLE marts.listing_dyads AS
WITH authorities AS (
    -- the UN and the EU have no state: their bodies count for the organisation
    SELECT
        actor_id AS authority_id,
        CASE WHEN kind = 'state' THEN actor_id ELSE coalesce(country_id, parent_id, actor_id) END AS source_id
    FROM core.actors
),
standing AS (
    SELECT l.*, s.authority_id, a.source_id
    FROM core.sanction_listings AS l
    JOIN core.sanction_lists AS s USING (list_id)
    JOIN authorities AS a USING (authority_id)
    WHERE l.known_to IS NULL
),
mirrored AS (
    -- the lists that repeat others, and those repeated, each listing under the program in question
    SELECT DISTINCT
        m.mirror_list_id,
        m.program,
        s.list_id = m.mirror_list_id AS is_copy,
        s.listing_id,
        s.actor_id,
        trim(regexp_replace(lower(s.name), '[^\p{L}\p{N}]+', ' ', 'g')) AS plain_name,
        s.valid_from,
        p.program IS NOT DISTINCT FROM m.program AS is_named
    FROM core.list_mirrors AS m
    JOIN core.sanction_lists AS o ON o.list_id = m.list_id
    JOIN standing AS s ON s.list_id IN (m.mirror_list_id, m.list_id)
    LEFT JOIN core.sanction_programs AS p ON p.listing_id = s.listing_id
        AND p.program = m.program
        AND p.known_to IS NULL
    -- of a copy, only what stood on days about which the mirrored list is held: it would show it
    WHERE s.list_id = m.list_id
        OR (
            p.program IS NOT NULL
            AND (s.valid_from IS NULL OR s.valid_from <= o.covered_until)
            AND (s.valid_to IS NULL OR s.valid_to > o.covered_from)
        )
),
originals AS (
    -- where the mirrored list names the program, only what stands under it
    SELECT m.*
    FROM mirrored AS m
    WHERE NOT m.is_copy
    QUALIFY m.is_named OR NOT bool_or(m.is_named) OVER (PARTITION BY m.mirror_list_id, m.program)
),
copied_days AS (
    -- those without a day are laid beside the whole list
    SELECT
        c.mirror_list_id,
        c.program,
        c.valid_from,
        CASE WHEN c.valid_from IS NULL THEN max(c.n_all) ELSE count(*) END AS n_copies
    FROM (
        SELECT m.*, count(*) OVER (PARTITION BY m.mirror_list_id, m.program) AS n_all FROM mirrored AS m WHERE m.is_copy
    ) AS c
    GROUP BY c.mirror_list_id, c.program, c.valid_from
),
held_days AS (
    -- the mirrored list holds at least half as many listings of that day (notices are dated a day apart), or undated ones
    SELECT c.mirror_list_id, c.program, c.valid_from
    FROM copied_days AS c
    JOIN originals AS o ON o.mirror_list_id = c.mirror_list_id
        AND o.program = c.program
        AND (c.valid_from IS NULL OR o.valid_from IS NULL OR abs(o.valid_from - c.valid_from) <= 1)
    GROUP BY c.mirror_list_id, c.program, c.valid_from, c.n_copies
    HAVING 2 * count(*) >= c.n_copies
),
repeated AS (
    SELECT c.listing_id
    FROM mirrored AS c
    JOIN held_days AS h ON h.mirror_list_id = c.mirror_list_id
        AND h.program = c.program
        AND h.valid_from IS NOT DISTINCT FROM c.valid_from
    WHERE c.is_copy
    UNION
    SELECT c.listing_id
    FROM mirrored AS c
    JOIN originals AS o ON o.mirror_list_id = c.mirror_list_id AND o.program = c.program AND o.plain_name = c.plain_name
    WHERE c.is_copy
    UNION
    SELECT c.listing_id
    FROM mirrored AS c
    JOIN originals AS o ON o.mirror_list_id = c.mirror_list_id AND o.program = c.program AND o.actor_id = c.actor_id
    WHERE c.is_copy
),
ends AS (
    SELECT listing_id, max(known_to) AS ended_at
    FROM core.sanction_listings
    WHERE valid_to IS NULL
    GROUP BY listing_id
),
countries AS (
    -- a removal closes the countries: the ones that stood until it became known are those of the past days
    SELECT s.listing_id, s.known_from AS version_known_from, c.country_id, min(c.known_from) AS known_from
    FROM standing AS s
    LEFT JOIN ends AS e USING (listing_id)
    JOIN core.sanction_countries AS c USING (listing_id)
    WHERE c.basis IN ('nationality', 'citizenship', 'list_destination', 'address')
        AND (c.known_to IS NULL OR (s.valid_to IS NOT NULL AND c.known_to >= coalesce(e.ended_at, s.known_from)))
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
LEFT JOIN countries AS c ON c.listing_id = s.listing_id AND c.version_known_from = s.known_from
WHERE s.listing_id NOT IN (SELECT r.listing_id FROM repeated AS r)
ORDER BY source_id, target_id, listing_id, valid_from, valid_to;
COMMENT ON TABLE marts.listing_dyads IS 'Listings by authority''s state and target state, by current knowledge, removed ones too. A listing with several target states has several rows: count distinct listings. Place of birth and remarks make no target state. What a mirror (core.list_mirrors) repeats is left out where the mirrored list holds it: the same party, or at least half as many listings of that day. Self-dyads and listings without a known state (target_id NULL) are here, but not in the dyad panels.';
COMMENT ON COLUMN marts.listing_dyads.listing_id IS 'The listing.';
COMMENT ON COLUMN marts.listing_dyads.list_id IS 'The list.';
COMMENT ON COLUMN marts.listing_dyads.authority_id IS 'The body that keeps the list.';
COMMENT ON COLUMN marts.listing_dyads.source_id IS 'Its state; UN or EU where it belongs to one of these.';
COMMENT ON COLUMN marts.listing_dyads.target_id IS 'A state of the party by nationality, citizenship, list destination or address; NULL where none is known.';
COMMENT ON COLUMN marts.listing_dyads.actor_id IS 'The party.';
COMMENT ON COLUMN marts.listing_dyads.name IS 'Primary name of the party.';
COMMENT ON COLUMN marts.listing_dyads.valid_from IS 'First day in force, in the authority''s time zone; NULL where left-censored.';
COMMENT ON COLUMN marts.listing_dyads.valid_from_basis IS 'Where valid_from comes from.';
COMMENT ON COLUMN marts.listing_dyads.valid_to IS 'Day of the removal, no longer in force on it; NULL while in force.';
COMMENT ON COLUMN marts.listing_dyads.country_known_from IS 'Since when the target state was known, UTC; NULL where none is known.';
