-- warning: A listed person was born between 1850 and the day on which that became known: another date is a slip of the list, or was read wrongly.
-- table: core.sanction_birth_dates
SELECT listing_id, born, born_from, born_before, known_from
FROM core.sanction_birth_dates
WHERE born_from < DATE '1850-01-01' OR born_from > CAST(known_from AS DATE)
