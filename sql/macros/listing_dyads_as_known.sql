-- Which directed dyads listings counted in, by what was known at a moment: marts.listing_dyads as it would have been then.
-- known: the moment, UTC; a DATE is its first instant.
-- Result: the columns of marts.listing_dyads. Only rows of core with known_from at or before that moment are read.
-- Example: SELECT count(DISTINCT listing_id) FROM listing_dyads_as_known(DATE '2023-01-01') WHERE target_id = 'CHN';
CREATE OR REPLACE MACRO listing_dyads_as_known(known) AS TABLE
WITH standing AS (
    SELECT
        v.listing_id, v.list_id, v.actor_id, v.name, v.valid_from, v.valid_from_basis, v.valid_to, v.known_from,
        v.certain_from, v.certain_to, v.is_within_gap, v.party_type, v.valid_from_earliest, v.vintage_date, s.authority_id,
        state_of(h) AS source_id
    FROM listings_as_known(known) AS v
    JOIN core.sanction_lists AS s ON s.list_id = v.list_id
    JOIN core.actors AS h ON h.actor_id = s.authority_id
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
    JOIN core.sanction_lists AS o ON o.list_id = m.list_id AND o.covered_from < CAST(known AS TIMESTAMP)
    JOIN standing AS s ON s.list_id IN (m.mirror_list_id, m.list_id)
    LEFT JOIN core.sanction_programs AS p ON p.listing_id = s.listing_id
        AND p.program = m.program
        AND p.known_from <= CAST(known AS TIMESTAMP)
        AND (p.known_to IS NULL OR p.known_to > CAST(known AS TIMESTAMP))
    -- of a copy, only what stood on days about which the mirrored list is held: it would show it
    WHERE s.list_id = m.list_id
        OR (
            p.program IS NOT NULL
            AND (
                s.valid_from IS NULL
                OR s.valid_from <= least(o.covered_until, CAST(CAST(known AS TIMESTAMP) - INTERVAL 1 MICROSECOND AS DATE))
            )
            AND (s.valid_to IS NULL OR s.valid_to > o.covered_from)
        )
),
originals AS (
    -- where the mirrored list names the program, only what is listed under it
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
countries AS (
    -- a state was known as soon as any evidence of it was
    SELECT
        c.listing_id,
        c.version_known_from,
        c.country_id,
        min(c.known_from) FILTER (c.strength <> 'weak') AS known_from,
        arg_min(
            c.basis,
            list_position(
                [
                    'nationality', 'citizenship', 'list_destination', 'address', 'registration', 'identifier', 'linked_party',
                    'other_list', 'registry'
                ],
                c.basis
            )
        ) FILTER (c.is_target) AS basis
    FROM listing_countries_as_known(known) AS c
    GROUP BY ALL
    HAVING bool_or(c.is_target)
)
SELECT
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
    c.known_from AS country_known_from,
    c.basis AS target_basis,
    s.certain_from,
    s.certain_to,
    s.is_within_gap,
    s.party_type,
    s.valid_from_earliest,
    -- the day of a stated or seen start: where the list was never held whole, that of its vintage
    coalesce(s.valid_from, s.certain_from, s.vintage_date) AS seen_from,
    s.vintage_date AS list_vintage_date,
    coalesce(c.basis = 'linked_party', false) AS is_by_link
FROM standing AS s
LEFT JOIN countries AS c ON c.listing_id = s.listing_id AND c.version_known_from = s.known_from
WHERE s.listing_id NOT IN (SELECT r.listing_id FROM repeated AS r);
COMMENT ON MACRO TABLE listing_dyads_as_known IS 'Which directed dyads listings counted in, by what was known at a moment: marts.listing_dyads as it would have been then.';
