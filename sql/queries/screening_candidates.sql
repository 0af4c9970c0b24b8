-- Listings of the parties that screening ranks: $asked are the names, the other lists a candidate each ($asked_no from 1).
-- $most: so many parties a name. $day: only what was or may have been listed on that day; NULL: all.
WITH ranked AS (
    SELECT
        unnest($asked_no) AS asked_no,
        unnest($name_no) AS name_no,
        unnest($score) AS score,
        unnest($is_alarm) AS is_alarm,
        unnest($reason) AS reason
),
candidates AS (
    SELECT r.*, p.name AS matched_name, b.actor_id
    FROM ranked AS r
    JOIN marts.party_names AS p ON p.name_no = r.name_no
    JOIN (SELECT DISTINCT l.listing_id, l.actor_id FROM core.sanction_listings AS l WHERE l.known_to IS NULL) AS b
        ON b.listing_id = p.listing_id
),
states AS (
    SELECT
        t.listing_id,
        array_to_string(list(DISTINCT t.target_id ORDER BY t.target_id) FILTER (t.target_id IS NOT NULL), ', ') AS target_ids
    FROM marts.listing_dyads AS t
    GROUP BY t.listing_id
),
listed AS (
    SELECT o.listing_id, o.valid_from, o.certainty FROM listed_on(CAST($day AS DATE)) AS o
)
SELECT
    list_extract($asked, c.asked_no) AS asked,
    c.score,
    c.is_alarm,
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
