-- critical: An act is dated by its publication or its coming into force, and is not known years after it or before it was announced.
-- table: core.official_acts
SELECT *
FROM core.official_acts
WHERE date <> least(coalesce(date_published, date_in_force), coalesce(date_in_force, date_published))
    OR (date_published IS NOT NULL AND CAST(known_from AS DATE) < date_published - 1)
    OR date < DATE '1950-01-01';
