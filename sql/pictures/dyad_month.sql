-- Events of each month: four directions.
-- The four directions with most events, as far as held. A gap is a month of which no news is held.
WITH most AS (
    SELECT d.source_id, d.target_id
    FROM marts.dyad_month AS d
    WHERE d.n_events > 0
    GROUP BY ALL
    ORDER BY sum(d.n_events) DESC, d.source_id, d.target_id
    LIMIT 4
)
SELECT d.period_end AS day, d.source_id || ' to ' || d.target_id AS series, d.n_events AS value
FROM marts.dyad_month AS d
JOIN most AS m ON m.source_id = d.source_id AND m.target_id = d.target_id
ORDER BY ALL;
