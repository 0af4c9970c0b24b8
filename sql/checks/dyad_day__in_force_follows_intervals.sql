-- critical: The count in force changes by the listings that are certain from that day on less those that were until then, and by nothing else; where every list covers a day and the day before, by those added less those removed.
-- table: marts.dyad_day
-- scope: build
-- falls apart by: source_id, target_id, runs of months
WITH moves AS (
    SELECT source_id, target_id, date, CAST(sum(move) AS BIGINT) AS move
    FROM (
        SELECT source_id, target_id, certain_from AS date, 1 AS move FROM marts.listing_dyads WHERE certain_from < certain_to
        UNION ALL
        SELECT source_id, target_id, certain_to, -1 FROM marts.listing_dyads WHERE certain_from < certain_to
    )
    GROUP BY ALL
),
dyads AS (
    SELECT source_id, target_id, CAST(row_number() OVER () AS INTEGER) AS dyad_no
    FROM (SELECT DISTINCT source_id, target_id FROM marts.dyad_day)
),
days AS (
    -- numbers in place of names: a window holds all of its rows
    SELECT
        y.dyad_no,
        d.date,
        CAST(d.n_listings_in_force AS INTEGER) AS n_listings_in_force,
        CAST(d.n_listings_added - d.n_listings_removed AS INTEGER) AS n_net,
        d.n_lists_covered = d.n_lists_held AS is_covered
    FROM marts.dyad_day AS d
    JOIN dyads AS y ON y.source_id = d.source_id AND y.target_id = d.target_id
),
steps AS (
    SELECT *, lag(n_listings_in_force) OVER days_before AS n_before, lag(is_covered) OVER days_before AS was_covered
    FROM days
    WINDOW days_before AS (PARTITION BY dyad_no ORDER BY date)
)
SELECT y.source_id, y.target_id, d.* EXCLUDE (dyad_no), m.move
FROM steps AS d
JOIN dyads AS y ON y.dyad_no = d.dyad_no
LEFT JOIN moves AS m ON m.source_id = y.source_id AND m.target_id = y.target_id AND m.date = d.date
WHERE d.n_listings_in_force - d.n_before <> coalesce(m.move, 0)
    OR (d.is_covered AND d.was_covered AND d.n_listings_in_force - d.n_before <> d.n_net);
