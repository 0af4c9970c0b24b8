-- Official acts of each year: four directions.
-- The four directions with most. What of them is complete stands in core.official_act_coverage.
WITH most AS (
    SELECT a.source_id, a.target_id
    FROM marts.official_act_dyads AS a
    GROUP BY ALL
    ORDER BY count(*) DESC, a.source_id, a.target_id
    LIMIT 4
)
SELECT make_date(year(a.date), 12, 31) AS day, a.source_id || ' to ' || a.target_id AS series, count(*) AS value
FROM marts.official_act_dyads AS a
JOIN most AS m ON m.source_id = a.source_id AND m.target_id = a.target_id
GROUP BY ALL
ORDER BY ALL;
