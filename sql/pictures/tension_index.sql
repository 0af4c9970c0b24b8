-- Share of conflict in the events of each month.
-- The four directions with most events; from 0 to 1. A gap is a month that says nothing.
WITH most AS (
    SELECT t.source_id, t.target_id
    FROM marts.tension_index AS t
    WHERE t.n_events > 0
    GROUP BY ALL
    ORDER BY sum(t.n_events) DESC, t.source_id, t.target_id
    LIMIT 4
)
SELECT t.period_end AS day, t.source_id || ' to ' || t.target_id AS series, t.conflict_share AS value
FROM marts.tension_index AS t
JOIN most AS m ON m.source_id = t.source_id AND m.target_id = t.target_id
ORDER BY ALL;
