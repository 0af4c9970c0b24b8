-- Listings of the parties that screening ranks: $asked are the names; $asked_no (from 1), $name_no, $score and $reason a candidate each,
-- of the names and, after them, of what the registry of actors calls what they mean ($known_...: an actor each).
-- $most: so many parties a name, from $threshold on; an alarm is raised from $alarm on. $day: only what was or may have been listed on
-- that day; NULL: all.
WITH known AS (
    SELECT
        unnest($known_asked_no) AS of_no,
        unnest($known_actor_id) AS actor_id,
        unnest($known_name) AS name,
        unnest($known_country_id) AS country_id,
        unnest($known_factor) AS factor,
        generate_subscripts($known_actor_id, 1) + len($asked) AS asked_no
),
ranked AS (
    SELECT unnest($asked_no) AS asked_no, unnest($name_no) AS name_no, unnest($score) AS score, unnest($reason) AS reason
),
bearers AS (
    SELECT DISTINCT l.listing_id, l.actor_id FROM core.sanction_listings AS l WHERE l.known_to IS NULL
),
found AS (
    SELECT
        coalesce(k.of_no, r.asked_no) AS asked_no,
        r.name_no,
        p.name AS matched_name,
        b.actor_id,
        r.score * coalesce(k.factor, 1) AS score,
        coalesce(k.actor_id || ' by the registry (' || k.name || '); ', '') || r.reason AS reason,
        k.country_id
    FROM ranked AS r
    LEFT JOIN known AS k ON k.asked_no = r.asked_no
    JOIN marts.party_names AS p ON p.name_no = r.name_no
    JOIN bearers AS b ON b.listing_id = p.listing_id
    UNION ALL
    SELECT
        k.of_no,
        min(p.name_no),
        first(p.name ORDER BY p.kind = 'primary' DESC, p.name_no),
        k.actor_id,
        k.factor,
        k.actor_id || ' by the registry (' || k.name || '): it is this party',
        NULL
    FROM known AS k
    JOIN bearers AS b ON b.actor_id = k.actor_id
    JOIN marts.party_names AS p ON p.listing_id = b.listing_id
    GROUP BY ALL
),
states AS (
    SELECT
        t.listing_id,
        array_to_string(list(DISTINCT t.target_id ORDER BY t.target_id) FILTER (t.target_id IS NOT NULL), ', ') AS target_ids
    FROM marts.listing_dyads AS t
    GROUP BY t.listing_id
),
candidates AS (
    SELECT f.*
    FROM found AS f
    WHERE f.score >= $threshold
        -- the Ministry of Public Security of one state is not that of another
        AND (
            f.country_id IS NULL
            OR EXISTS (
                FROM marts.listing_dyads AS d
                JOIN bearers AS b ON b.listing_id = d.listing_id
                WHERE b.actor_id = f.actor_id AND coalesce(d.target_id, f.country_id) = f.country_id
            )
        )
    QUALIFY row_number() OVER (PARTITION BY f.asked_no, f.actor_id ORDER BY f.score DESC, f.name_no, f.reason) = 1
),
listed AS (
    SELECT o.listing_id, o.valid_from, o.certainty FROM listed_on(CAST($day AS DATE)) AS o
)
SELECT
    list_extract($asked, c.asked_no) AS asked,
    round(c.score, 6) AS score,
    c.score >= $alarm AS is_alarm,
    CASE WHEN $day IS NOT NULL THEN coalesce(i.certainty, 'possible') END AS certainty,
    l.list_id,
    l.name,
    l.party_type,
    s.target_ids,
    l.valid_from,
    l.valid_to,
    c.matched_name,
    c.reason,
    l.listing_id,
    l.actor_id
FROM candidates AS c
JOIN core.sanction_listings AS l ON l.actor_id = c.actor_id AND l.known_to IS NULL
LEFT JOIN states AS s ON s.listing_id = l.listing_id
LEFT JOIN listed AS i ON i.listing_id = l.listing_id AND i.valid_from IS NOT DISTINCT FROM l.valid_from
-- between two editions of a list a party may have come on any day
WHERE $day IS NULL OR i.listing_id IS NOT NULL OR (l.valid_from_earliest <= CAST($day AS DATE) AND CAST($day AS DATE) < l.valid_from)
QUALIFY dense_rank() OVER (PARTITION BY c.asked_no ORDER BY c.score DESC, c.name_no) <= $most
ORDER BY c.asked_no, c.score DESC, c.name_no, l.list_id, l.listing_id, l.valid_from;
