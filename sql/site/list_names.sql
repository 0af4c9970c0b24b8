-- Lists by their names.
SELECT l.list_id, regexp_replace(l.name, ' *\(.*\)$', '') AS name, l.name AS full_name, l.authority_id, l.kind, l.url FROM core.sanction_lists AS l ORDER BY l.list_id;
