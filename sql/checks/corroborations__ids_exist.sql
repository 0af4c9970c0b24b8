-- critical: A match names an event and an act that are there.
-- table: marts.corroborations
-- scope: build
SELECT *
FROM marts.corroborations AS m
WHERE NOT EXISTS (FROM core.events AS e WHERE e.event_id = m.event_id)
    OR NOT EXISTS (FROM core.sanction_events AS s WHERE s.event_id = m.sanction_event_id);
