-- warning: An event of a source in slots was added on a day of which there is a slot (or the day next to it, at midnight): so it was in all slots seen, but no rule of GDELT says that a slot holds its own quarter of an hour alone.
-- table: core.news_coverage
SELECT e.origin, CAST(e.known_from AS DATE) AS date, count(*) AS n_events
FROM core.events AS e
WHERE e.origin = 'gdelt_v2_events'
  AND e.origin IN (SELECT source FROM core.news_coverage)
  AND NOT EXISTS (
      FROM core.news_coverage AS c
      WHERE c.source = e.origin AND c.date BETWEEN CAST(e.known_from AS DATE) - 1 AND CAST(e.known_from AS DATE) + 1
  )
GROUP BY ALL
