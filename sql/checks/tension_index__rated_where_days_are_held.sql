-- critical: A dyad with ten events in 30 days, of each of which there is some event, has an index for the month in which they end.
-- table: marts.tension_index
-- scope: build
WITH told AS (
    SELECT source_id, target_id, date, 1 AS n FROM marts.events_one_a_day WHERE source_id <> target_id
    UNION ALL
    SELECT source_id, target_id, date, n_events FROM marts.event_counts WHERE source_id <> target_id
),
held AS (SELECT DISTINCT date FROM told),
ends AS (
    SELECT d.date AS last_date
    FROM (SELECT max(date) AS date FROM held GROUP BY last_day(date)) AS d
    JOIN held AS h ON h.date BETWEEN d.date - 29 AND d.date
    GROUP BY d.date
    HAVING count(*) = 30
),
dyads AS (
    SELECT t.source_id, t.target_id, last_day(e.last_date) AS period_end, sum(t.n) AS n_events
    FROM ends AS e
    JOIN told AS t ON t.date BETWEEN e.last_date - 29 AND e.last_date
    GROUP BY ALL
    HAVING sum(t.n) >= 10
)
SELECT d.*
FROM dyads AS d
LEFT JOIN marts.tension_index AS i USING (source_id, target_id, period_end)
WHERE i.tension IS NULL;
