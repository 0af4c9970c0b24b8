-- critical: The count in force changes by the listings that are certain from that day on less those that were until then, and by nothing else.
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
        lag(n_listings_in_force) OVER (PARTITION BY source_id, target_id ORDER BY date) AS n_before
    FROM marts.dyad_day
)
SELECT d.*, m.move
FROM days AS d
LEFT JOIN moves AS m USING (source_id, target_id, date)
WHERE d.n_listings_in_force - d.n_before <> coalesce(m.move, 0);
