-- Listings by the year in which they began: four states.
-- The four states with most parties. Those that were there before the first edition held have no year.
WITH most AS (
    SELECT d.target_id
    FROM marts.listing_dyads AS d
    WHERE d.target_id IS NOT NULL AND d.valid_from IS NOT NULL
    GROUP BY ALL
    ORDER BY count(DISTINCT d.listing_id) DESC, d.target_id
    LIMIT 4
)
SELECT make_date(year(d.valid_from), 12, 31) AS day, d.target_id AS series, count(DISTINCT d.listing_id) AS value
FROM marts.listing_dyads AS d
JOIN most AS m ON m.target_id = d.target_id
WHERE d.valid_from IS NOT NULL
GROUP BY ALL
ORDER BY ALL;
