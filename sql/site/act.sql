-- One official act by its id.
SELECT a.*, l.name AS list_name, b.name AS authority, b.country_id AS source_id
FROM core.official_acts AS a
JOIN core.actors AS b ON b.actor_id = a.authority_id
LEFT JOIN core.sanction_lists AS l ON l.list_id = a.list_id
WHERE a.act_id = $act;
