-- critical: A corroboration names an event and an act that are there, and of an act on listed parties one of its own changes.
-- table: marts.corroborations
-- scope: build
SELECT *
FROM marts.corroborations AS m
WHERE NOT EXISTS (FROM core.events AS e WHERE e.event_id = m.event_id)
    OR NOT EXISTS (FROM core.official_acts AS a WHERE a.act_id = m.act_id)
    OR (
        m.sanction_event_id IS NOT NULL
        AND NOT EXISTS (FROM core.official_act_events AS c WHERE c.event_id = m.sanction_event_id AND c.act_id = m.act_id)
    );
