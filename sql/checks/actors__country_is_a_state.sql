-- critical: country_id names a state, since the default grain of a join is the state; a region or an organisation is none.
-- table: core.actors
SELECT a.actor_id, a.kind, a.country_id
FROM core.actors AS a
WHERE a.country_id IS NOT NULL AND NOT EXISTS (FROM core.actors AS s WHERE s.actor_id = a.country_id AND s.kind = 'state')
