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
),
days AS (
    SELECT
        source_id,
        target_id,
        date,
        n_listings_in_force,
        n_listings_added - n_listings_removed AS n_net,
        n_lists_covered = n_lists_held AS is_covered,
        lag(n_listings_in_force) OVER days_before AS n_before,
        lag(n_lists_covered = n_lists_held) OVER days_before AS was_covered
    FROM marts.dyad_day
    WINDOW days_before AS (PARTITION BY source_id, target_id ORDER BY date)
)
SELECT d.*, m.move
FROM days AS d
LEFT JOIN moves AS m USING (source_id, target_id, date)
WHERE d.n_listings_in_force - d.n_before <> coalesce(m.move, 0)
    OR (d.is_covered AND d.was_covered AND d.n_listings_in_force - d.n_before <> d.n_net);
