-- Official acts between the two states, as known at a moment, each with how many events of the news tell of it.
SELECT
    a.act_id, d.source_id, d.target_id, a.date, a.authority_id, a.sort, a.effect, a.subject, a.title, d.basis,
    a.list_id, d.n_parties, a.citation, a.url, a.known_from, c.n_events AS n_events_that_tell
FROM core.official_acts AS a
JOIN marts.official_act_dyads AS d ON d.act_id = a.act_id
LEFT JOIN (
    SELECT k.act_id, count(*) AS n_events FROM marts.act_reports AS k WHERE k.first_seen <= $known GROUP BY k.act_id
) AS c ON c.act_id = a.act_id
WHERE ((d.source_id = $source AND d.target_id = $target) OR (d.source_id = $target AND d.target_id = $source))
    AND a.known_from <= $known
ORDER BY a.date DESC, a.act_id, d.source_id;
