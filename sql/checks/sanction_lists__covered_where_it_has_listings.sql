-- critical: A list with listings says for which days its history is known: without that a quiet day cannot be distinguished from an unknown one.
-- table: core.sanction_lists
SELECT list_id, covered_from, covered_until
FROM core.sanction_lists
WHERE (covered_from IS NULL OR covered_until IS NULL)
    AND list_id IN (SELECT list_id FROM core.sanction_listings)
