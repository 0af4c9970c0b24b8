-- warning: An act is of 1950 or later and was not known before its announcement, signature or publication: so it was of all so far, though a register may show a document some days before.
-- table: core.official_acts
SELECT *
FROM core.official_acts
WHERE CAST(known_from AS DATE) < coalesce(date_announced, date_signed, date_published) - 1 OR date < DATE '1950-01-01';
