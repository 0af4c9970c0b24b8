-- Events of each month by kind.
-- Of the days of which news is held: months are no measure of each other where less is held.
SELECT
    last_day(e.date) AS day,
    CASE e.quad_schrodt
        WHEN 1 THEN 'verbal cooperation' WHEN 2 THEN 'material cooperation' WHEN 3 THEN 'verbal conflict' ELSE 'material conflict'
    END AS series,
    count(*) AS value
FROM marts.events_one_a_day AS e
WHERE e.quad_schrodt IS NOT NULL
GROUP BY ALL
ORDER BY ALL;
