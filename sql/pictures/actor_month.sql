-- Listings against a state in force: four states.
-- At the end of each month, the four states with most. A gap is a month that no list covers.
WITH most AS (
    SELECT a.actor_id
    FROM marts.actor_month AS a
    WHERE a.n_listings_in_force_against > 0
    GROUP BY ALL
    ORDER BY max(a.n_listings_in_force_against) DESC, a.actor_id
    LIMIT 4
)
SELECT a.period_end AS day, a.actor_id AS series, a.n_listings_in_force_against AS value
FROM marts.actor_month AS a
JOIN most AS m ON m.actor_id = a.actor_id
ORDER BY ALL;
