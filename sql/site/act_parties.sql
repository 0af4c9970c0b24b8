-- Changes of listings that belong to an act.
SELECT e.event_date, e.kind, e.name, l.actor_id, e.list_id, e.country_id, e.citation, c.basis
FROM core.official_act_events AS c
JOIN core.sanction_events AS e ON e.event_id = c.event_id
LEFT JOIN (SELECT DISTINCT s.listing_id, s.actor_id FROM core.sanction_listings AS s) AS l ON l.listing_id = e.listing_id
WHERE c.act_id = $act
ORDER BY e.name, e.kind;
