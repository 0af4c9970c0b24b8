-- critical: A list with listings says which days it covers, even if it covers none: otherwise nothing counts it as a list with data.
-- table: core.list_coverage
SELECT l.list_id
FROM (SELECT DISTINCT list_id FROM core.sanction_listings) AS l
WHERE l.list_id NOT IN (SELECT c.list_id FROM core.list_coverage AS c WHERE c.known_to IS NULL);
