-- critical: Every addition, removal, suspension and resumption belongs to an act of its list and sort, and every act that lists alone show has one.
-- table: core.official_acts
SELECT e.event_id, e.kind AS sort, c.act_id
FROM core.sanction_events AS e
LEFT JOIN core.official_act_events AS c ON c.event_id = e.event_id
LEFT JOIN core.official_acts AS a ON a.act_id = c.act_id
WHERE e.kind IN ('added', 'removed', 'suspended', 'resumed')
    AND (a.act_id IS NULL OR (a.list_id IS NOT NULL AND a.list_id <> e.list_id))
UNION ALL
SELECT NULL, a.sort, a.act_id
FROM core.official_acts AS a
WHERE a.origin = 'listings' AND NOT EXISTS (FROM core.official_act_events AS c WHERE c.act_id = a.act_id);
