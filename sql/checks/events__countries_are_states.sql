-- critical: The grain of a join is the state: a region or an organisation (REG.EUR, UN) must not be given as a country.
-- table: core.events
-- rows: event_id
-- scope: build
SELECT e.event_id, e.source_country_id, e.target_country_id
FROM core.events AS e
LEFT JOIN core.actors AS s ON s.actor_id = e.source_country_id
LEFT JOIN core.actors AS t ON t.actor_id = e.target_country_id
WHERE s.kind <> 'state' OR t.kind <> 'state'
