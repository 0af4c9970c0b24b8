-- Parties in force at the end of each month: four directions.
-- Parties of a state on the lists of another, the four directions with most. A gap is a day that no list covers.
WITH most AS (
    SELECT d.source_id, d.target_id
    FROM marts.dyad_month AS d
    WHERE d.n_listings_in_force > 0
    GROUP BY ALL
    ORDER BY max(d.n_listings_in_force) DESC, d.source_id, d.target_id
    LIMIT 4
)
SELECT d.period_end AS day, d.source_id || ' of ' || d.target_id AS series, d.n_listings_in_force AS value
FROM marts.dyad_month AS d
JOIN most AS m ON m.source_id = d.source_id AND m.target_id = d.target_id
ORDER BY ALL;
