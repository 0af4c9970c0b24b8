-- warning: An act is of 1950 or later and was not known before its day of publication: so it was of all held, though a register may show a document some days before.
-- table: core.official_acts
SELECT *
FROM core.official_acts
WHERE CAST(known_from AS DATE) < date_published - 1 OR date < DATE '1950-01-01';
