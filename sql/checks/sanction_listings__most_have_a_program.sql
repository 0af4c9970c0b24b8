-- warning: On a blocking list nearly every party in force has a program: more than 1 % without one means that the program cell was not read.
-- table: core.sanction_listings
SELECT l.list_id, count(*) AS n_in_force, count(*) FILTER (p.listing_id IS NULL) AS n_without_program
FROM core.sanction_listings AS l
JOIN core.sanction_lists AS s USING (list_id)
LEFT JOIN (SELECT DISTINCT listing_id FROM core.sanction_programs WHERE known_to IS NULL AND valid_to IS NULL) AS p USING (listing_id)
WHERE s.kind = 'blocking' AND l.known_to IS NULL AND l.valid_to IS NULL
GROUP BY l.list_id
HAVING n_without_program > 0.01 * n_in_force
