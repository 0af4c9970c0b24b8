-- critical: A list with listings says which days it covers, if only that it covers none: without that nothing counts it as held.
-- table: core.list_coverage
SELECT l.list_id
FROM (SELECT DISTINCT list_id FROM core.sanction_listings) AS l
WHERE l.list_id NOT IN (SELECT c.list_id FROM core.list_coverage AS c WHERE c.known_to IS NULL);
