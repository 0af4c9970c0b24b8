-- critical: A state is its own country; a region (EUR, WST) belongs to none, so that it is never counted as a state.
-- table: core.actors
SELECT actor_id, kind, country_id
FROM core.actors
WHERE (kind = 'state' AND country_id IS DISTINCT FROM actor_id) OR (kind = 'region' AND country_id IS NOT NULL)
