-- Entries of the timeline by year: four kinds.
-- The four kinds with most, as far as held.
WITH most AS (
    SELECT t.kind FROM marts.timeline AS t GROUP BY ALL ORDER BY count(*) DESC, t.kind LIMIT 4
)
SELECT make_date(year(t.date), 12, 31) AS day, t.kind AS series, count(*) AS value
FROM marts.timeline AS t
JOIN most AS m ON m.kind = t.kind
GROUP BY ALL
ORDER BY ALL;
