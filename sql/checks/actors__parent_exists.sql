-- critical: Every parent is an actor: a body whose ministry is missing falls out of every roll-up.
-- table: core.actors
SELECT a.actor_id, a.parent_id
FROM core.actors AS a
WHERE a.parent_id IS NOT NULL AND NOT EXISTS (FROM core.actors AS p WHERE p.actor_id = a.parent_id)
