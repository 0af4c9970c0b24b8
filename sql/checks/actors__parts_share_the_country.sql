-- critical: A part belongs to the state of the whole; only a territory (a state with a sovereign above it) is a country of its own.
-- table: core.actors
SELECT a.actor_id, a.country_id, a.parent_id, p.country_id AS country_of_parent
FROM core.actors AS a
JOIN core.actors AS p ON p.actor_id = a.parent_id
WHERE a.kind <> 'state' AND a.country_id IS DISTINCT FROM p.country_id
