-- critical: Rows in = rows out: each dated addition and removal of a list counts in the panel of its list in its year, and all lists of a source together in that of its dyad, whatever lists are covered.
-- table: marts.dyad_day
-- scope: build
WITH held AS (
    SELECT d.source_id, d.target_id, e.list_id, year(e.event_date) AS year, e.kind, count(DISTINCT e.event_id) AS n
    FROM core.sanction_events AS e
    JOIN marts.listing_dyads AS d USING (listing_id)
    LEFT JOIN other_periods('marts.listing_dyads', end_of_time()) AS o
        ON o.event_id = e.event_id AND o.valid_from IS NOT DISTINCT FROM d.valid_from AND o.valid_to IS NOT DISTINCT FROM d.valid_to
    WHERE d.source_id <> d.target_id AND NOT d.is_by_link AND e.kind IN ('added', 'removed') AND o.event_id IS NULL
    GROUP BY ALL
),
by_list AS (
    SELECT source_id, target_id, list_id, year(from_date) AS year, 'added' AS kind, sum(n_listings_added * (to_date - from_date)) AS n
    FROM marts.dyad_list_spans
    WHERE n_listings_added > 0
    GROUP BY ALL
    UNION ALL
    SELECT source_id, target_id, list_id, year(from_date), 'removed', sum(n_listings_removed * (to_date - from_date))
    FROM marts.dyad_list_spans
    WHERE n_listings_removed > 0
    GROUP BY ALL
),
by_dyad AS (
    SELECT source_id, target_id, year(from_date) AS year, 'added' AS kind, sum(n_listings_added * (to_date - from_date)) AS n
    FROM marts.dyad_spans
    WHERE n_listings_added > 0
    GROUP BY ALL
    UNION ALL
    SELECT source_id, target_id, year(from_date), 'removed', sum(n_listings_removed * (to_date - from_date))
    FROM marts.dyad_spans
    WHERE n_listings_removed > 0
    GROUP BY ALL
),
held_by_dyad AS (
    SELECT source_id, target_id, year, kind, sum(n) AS n FROM held GROUP BY ALL
)
SELECT source_id, target_id, list_id, year, kind, h.n AS n_held, p.n AS n_in_panel
FROM held AS h
FULL JOIN by_list AS p USING (source_id, target_id, list_id, year, kind)
WHERE h.n IS DISTINCT FROM p.n
UNION ALL
SELECT source_id, target_id, NULL, year, kind, h.n, p.n
FROM held_by_dyad AS h
FULL JOIN by_dyad AS p USING (source_id, target_id, year, kind)
WHERE h.n IS DISTINCT FROM p.n;
