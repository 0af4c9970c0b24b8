-- critical: The count in force changes by the listings that begin on that day less those that end on it; without what only came into or left view, by those added less those removed, and by nothing else, and no listing whose own day is that of its event comes into view or leaves it.
-- table: marts.dyad_day
-- scope: build
WITH moves AS (
    SELECT source_id, target_id, date, CAST(sum(move) AS BIGINT) AS move
    FROM (
        SELECT source_id, target_id, seen_from AS date, 1 AS move
        FROM marts.listing_dyads
        WHERE seen_from < coalesce(valid_to, DATE 'infinity') AND NOT is_by_link
        UNION ALL
        SELECT source_id, target_id, valid_to, -1 FROM marts.listing_dyads WHERE seen_from < valid_to AND NOT is_by_link
    )
    GROUP BY ALL
    HAVING sum(move) <> 0
),
steps AS (
    SELECT
        source_id,
        target_id,
        from_date,
        to_date,
        coalesce(n_listings_in_force, 0) - lag(coalesce(n_listings_in_force, 0)) OVER spans AS step,
        coalesce(n_listings_comparable, 0) - lag(coalesce(n_listings_comparable, 0)) OVER spans AS comparable_step,
        coalesce(n_listings_added, 0) - coalesce(n_listings_removed, 0) AS n_net,
        n_listings_came_into_view - n_listings_left_view AS n_from_view
    FROM marts.dyad_spans
    WINDOW spans AS (PARTITION BY source_id, target_id ORDER BY from_date)
)
SELECT s.*, m.date, m.move
FROM steps AS s
LEFT JOIN moves AS m ON m.source_id = s.source_id AND m.target_id = s.target_id AND m.date >= s.from_date AND m.date < s.to_date
WHERE m.date > s.from_date
    OR s.step <> CASE WHEN m.date = s.from_date THEN m.move ELSE 0 END
    OR s.step <> s.n_net + s.n_from_view
    OR s.comparable_step <> s.n_net
    -- from one day of a span to the next nothing changes
    OR (s.to_date - s.from_date > 1 AND (s.n_net <> 0 OR s.n_from_view <> 0));
