-- critical: The count in force changes by the listings that are certain from that day on less those that were until then, and by nothing else; where every list covers a day and the day before, by those added less those removed.
-- table: marts.dyad_day
-- scope: build
WITH moves AS (
    SELECT source_id, target_id, date, CAST(sum(move) AS BIGINT) AS move
    FROM (
        SELECT source_id, target_id, certain_from AS date, 1 AS move FROM marts.listing_dyads WHERE certain_from < certain_to
        UNION ALL
        SELECT source_id, target_id, certain_to, -1 FROM marts.listing_dyads WHERE certain_from < certain_to
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
        n_listings_in_force,
        n_listings_added - n_listings_removed AS n_net,
        n_lists_covered = n_lists_held AS is_covered,
        lag(n_listings_in_force) OVER spans AS n_before,
        coalesce(lag(n_lists_covered = n_lists_held) OVER spans, false) AS was_covered
    FROM marts.dyad_spans
    WINDOW spans AS (PARTITION BY source_id, target_id ORDER BY from_date)
)
SELECT s.*, m.date, m.move
FROM steps AS s
LEFT JOIN moves AS m ON m.source_id = s.source_id AND m.target_id = s.target_id AND m.date >= s.from_date AND m.date < s.to_date
WHERE (m.date > s.from_date AND m.move <> 0 AND s.n_listings_in_force IS NOT NULL)
    OR (s.n_listings_in_force - s.n_before <> CASE WHEN m.date = s.from_date THEN m.move ELSE 0 END)
    OR (s.is_covered AND s.was_covered AND s.n_listings_in_force - s.n_before <> s.n_net)
    -- from one day of a span to the next nothing changes
    OR (s.is_covered AND s.to_date - s.from_date > 1 AND s.n_net <> 0);
