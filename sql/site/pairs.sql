-- pairs
-- Pairs of states of which an act, a listing or an event is held, as known at a moment, each once, those of which most is held first; acts by
-- year from 2017 on, and listings in force at the end of each (at least: of a list not held yet none is known), of current knowledge alone.
-- Events of a past moment are not counted: 0.
WITH facts AS (
    SELECT m.source_id, m.target_id, m.n_events, NULL AS listing_id, NULL AS act_id
    FROM marts.dyad_month AS m
    WHERE $known >= end_of_time()
    UNION ALL
    SELECT l.source_id, l.target_id, 0, l.listing_id, NULL
    FROM marts.listing_dyads AS l
    WHERE NOT l.is_by_link AND l.listing_id IN (SELECT s.listing_id FROM core.sanction_listings AS s WHERE s.known_from <= $known)
    UNION ALL
    SELECT d.source_id, d.target_id, 0, NULL, d.act_id FROM marts.official_act_dyads AS d WHERE d.known_from <= $known
),
of_pairs AS (
    SELECT
        least(f.source_id, f.target_id) AS source_id,
        greatest(f.source_id, f.target_id) AS target_id,
        count(DISTINCT f.act_id) AS n_acts,
        count(DISTINCT f.listing_id) AS n_listings,
        CAST(coalesce(sum(f.n_events), 0) AS BIGINT) AS n_events
    FROM facts AS f
    WHERE f.source_id <> f.target_id
    GROUP BY ALL
),
years AS (
    SELECT unnest(range(2017, year(max(a.date)) + 1)) AS year FROM marts.official_act_dyads AS a
),
acts AS (
    -- talks stand in both directions, and are one act
    SELECT least(a.source_id, a.target_id) AS source_id, greatest(a.source_id, a.target_id) AS target_id, year(a.date) AS year, count(DISTINCT a.act_id) AS n
    FROM marts.official_act_dyads AS a
    WHERE a.known_from <= $known
    GROUP BY ALL
),
spans AS (
    -- a listing that was there already in the first edition counts from the first day that the list is held, as in lists.sql
    SELECT DISTINCT
        l.listing_id, l.source_id, l.target_id, l.valid_to,
        coalesce(l.valid_from, least(s.covered_from, min(l.valid_from) OVER of_list, min(l.valid_to) OVER of_list)) AS valid_from
    FROM marts.listing_dyads AS l
    JOIN core.sanction_lists AS s ON s.list_id = l.list_id
    WHERE NOT l.is_by_link AND $known >= end_of_time()
    WINDOW of_list AS (PARTITION BY l.list_id, l.source_id, l.target_id)
),
in_force AS (
    SELECT least(p.source_id, p.target_id) AS source_id, greatest(p.source_id, p.target_id) AS target_id, y.year, count(*) AS n
    FROM spans AS p
    JOIN years AS y ON p.valid_from <= make_date(y.year, 12, 31) AND (p.valid_to IS NULL OR p.valid_to > make_date(y.year, 12, 31))
    GROUP BY ALL
),
by_year AS (
    SELECT
        p.source_id, p.target_id,
        list(coalesce(a.n, 0) ORDER BY y.year) AS acts_by_year,
        CASE WHEN $known >= end_of_time() THEN list(coalesce(f.n, 0) ORDER BY y.year) END AS listings_by_year
    FROM of_pairs AS p
    CROSS JOIN years AS y
    LEFT JOIN acts AS a ON a.year = y.year AND a.source_id = p.source_id AND a.target_id = p.target_id
    LEFT JOIN in_force AS f ON f.year = y.year AND f.source_id = p.source_id AND f.target_id = p.target_id
    GROUP BY ALL
)
SELECT p.*, y.acts_by_year, y.listings_by_year
FROM of_pairs AS p
LEFT JOIN by_year AS y ON y.source_id = p.source_id AND y.target_id = p.target_id
WHERE p.n_acts + p.n_listings + p.n_events > 0
ORDER BY p.n_acts + p.n_listings + p.n_events DESC, p.source_id, p.target_id;
