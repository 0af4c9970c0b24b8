-- warning: Every state that stands can be reached by its ISO codes and by its CAMEO code.
-- table: core.actor_aliases
SELECT a.actor_id, s.scheme
FROM core.actors AS a
CROSS JOIN (VALUES ('iso2'), ('iso3'), ('cameo')) AS s (scheme)
WHERE a.kind = 'state' AND a.valid_to IS NULL AND NOT EXISTS (FROM core.actor_aliases AS c WHERE c.scheme = s.scheme AND c.actor_id = a.actor_id)
