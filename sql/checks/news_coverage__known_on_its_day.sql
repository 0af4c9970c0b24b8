-- critical: A day begins to be known with its first slot.
-- table: core.news_coverage
-- rows: source, date
SELECT source, date, known_from
FROM core.news_coverage
WHERE CAST(known_from AS DATE) <> date
