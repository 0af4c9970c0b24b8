-- critical: The canonical program is that of core.program_aliases, or the name as landed where it was never renamed: else a re-tag looks like a removal and an addition.
-- table: core.sanction_programs
-- rows: listing_id, program, program_raw
SELECT p.listing_id, p.program, p.program_raw
FROM core.sanction_programs AS p
LEFT JOIN core.program_aliases AS a USING (program_raw)
WHERE p.program <> coalesce(a.program, p.program_raw)
