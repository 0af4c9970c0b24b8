-- critical: Rows in = rows out: each addition and removal counts in each dyad that its listing has from or until that day (has at all, where it has one period), on the days that lists cover.
-- table: marts.dyad_day
-- scope: build
WITH counted AS (
    SELECT
        source_id,
        target_id,
        CAST(sum(n_listings_added * (to_date - from_date)) AS BIGINT) AS n_added,
        CAST(sum(n_listings_removed * (to_date - from_date)) AS BIGINT) AS n_removed
    FROM marts.dyad_spans
    GROUP BY ALL
),
periods AS (
    SELECT listing_id, count(DISTINCT {'from': valid_from, 'to': valid_to}) AS n_periods FROM marts.listing_dyads GROUP BY ALL
),
held AS (
    SELECT
        d.source_id,
        d.target_id,
        count(DISTINCT e.event_id) FILTER (e.kind = 'added') AS n_added_held,
        count(DISTINCT e.event_id) FILTER (e.kind = 'removed') AS n_removed_held
    FROM core.sanction_events AS e
    JOIN marts.listing_dyads AS d USING (listing_id)
    JOIN periods AS p USING (listing_id)
    JOIN core.list_coverage AS l ON l.list_id = e.list_id AND l.covers = 'both' AND l.known_to IS NULL
    WHERE d.source_id <> d.target_id
        AND e.kind IN ('added', 'removed')
        AND e.event_date >= first_panel_day()
        AND (p.n_periods = 1 OR e.event_date = CASE e.kind WHEN 'added' THEN d.valid_from ELSE d.valid_to END)
        AND l.covered_from <= e.event_date AND e.event_date < l.covered_to
    GROUP BY ALL
)
SELECT *
FROM held
LEFT JOIN counted USING (source_id, target_id)
WHERE coalesce(n_added, 0) < n_added_held OR coalesce(n_removed, 0) < n_removed_held;
