-- Listings in force at the end of each month: four directions.
-- Listings of a state on the lists of another, the four directions with most, as dated additions and removals change them.
WITH most AS (
    SELECT d.source_id, d.target_id
    FROM marts.dyad_month AS d
    WHERE d.n_listings_comparable > 0
    GROUP BY ALL
    ORDER BY max(d.n_listings_comparable) DESC, d.source_id, d.target_id
    LIMIT 4
)
SELECT d.period_end AS day, d.source_id || ' of ' || d.target_id AS series, d.n_listings_comparable AS value
FROM marts.dyad_month AS d
JOIN most AS m ON m.source_id = d.source_id AND m.target_id = d.target_id
ORDER BY ALL;
