-- critical: At any moment of known time a program of a listing has one row for any day.
-- table: core.sanction_programs
SELECT a.listing_id, a.program_raw, a.valid_from, a.valid_to, a.known_from, a.known_to, b.valid_from AS other_valid_from
FROM core.sanction_programs AS a
JOIN core.sanction_programs AS b USING (listing_id, program_raw)
WHERE a.known_from < b.known_from
    AND (a.known_to IS NULL OR b.known_from < a.known_to)
    AND (a.valid_from < a.valid_to) IS NOT FALSE
    AND (b.valid_from < b.valid_to) IS NOT FALSE
    AND coalesce(a.valid_from, DATE '0001-01-01') < coalesce(b.valid_to, DATE '9999-12-31')
    AND coalesce(b.valid_from, DATE '0001-01-01') < coalesce(a.valid_to, DATE '9999-12-31')
