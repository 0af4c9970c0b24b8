-- Pairs of states of which an act, an event or a listing is held, each once, those of which most is held first; acts by year from 2017 on.
WITH facts AS (
    SELECT m.source_id, m.target_id, m.n_events, m.n_listings_added AS n_listings, 0 AS n_acts FROM marts.dyad_month AS m
    UNION ALL
    SELECT d.source_id, d.target_id, 0, 0, 1 FROM marts.official_act_dyads AS d
),
of_pairs AS (
    SELECT
        least(f.source_id, f.target_id) AS source_id,
        greatest(f.source_id, f.target_id) AS target_id,
        CAST(coalesce(sum(f.n_acts), 0) AS BIGINT) AS n_acts,
        CAST(coalesce(sum(f.n_listings), 0) AS BIGINT) AS n_listings,
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
    GROUP BY ALL
)
SELECT
    p.*,
    (
        SELECT list(coalesce(a.n, 0) ORDER BY y.year)
        FROM years AS y
        LEFT JOIN acts AS a ON a.year = y.year AND a.source_id = p.source_id AND a.target_id = p.target_id
    ) AS acts_by_year
FROM of_pairs AS p
WHERE p.n_acts + p.n_listings + p.n_events > 0
ORDER BY p.n_acts + p.n_listings + p.n_events DESC, p.source_id, p.target_id;
