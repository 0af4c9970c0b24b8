-- warning: Every state can be reached by its ISO codes and by its CAMEO code.
-- table: core.actor_aliases
SELECT a.actor_id, s.scheme
FROM core.actors a
CROSS JOIN (VALUES ('iso2'), ('iso3'), ('cameo')) s (scheme)
WHERE a.kind = 'state' AND NOT EXISTS (FROM core.actor_aliases c WHERE c.scheme = s.scheme AND c.actor_id = a.actor_id)
