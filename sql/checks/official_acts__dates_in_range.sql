-- critical: The day of an act is that of its publication or of its coming into force, whichever is earlier.
-- table: core.official_acts
SELECT *
FROM core.official_acts
WHERE date <> least(coalesce(date_published, date_in_force), coalesce(date_in_force, date_published));
