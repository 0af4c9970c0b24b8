-- Acts that changed a listing of a party, as known at a moment.
SELECT DISTINCT
    a.act_id, a.date, a.authority_id, a.sort, a.effect, a.subject, a.list_id, a.n_parties, a.title, a.citation, a.url
FROM core.official_act_events AS c
JOIN core.official_acts AS a ON a.act_id = c.act_id
WHERE c.listing_id IN (SELECT l.listing_id FROM core.sanction_listings AS l WHERE l.actor_id = $actor)
    AND a.known_from <= $known
ORDER BY a.date DESC, a.act_id;
