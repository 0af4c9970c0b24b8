-- Official acts between the two states, as known at a moment, each with how many reports tell of it.
SELECT
    d.source_id, d.target_id, a.date, a.sort, a.effect, a.title, a.n_parties, a.citation, a.url,
    c.n_events AS n_events_that_tell, c.lag_days, c.score
FROM core.official_acts AS a
JOIN marts.official_act_dyads AS d USING (act_id)
LEFT JOIN marts.corroborations AS c ON c.act_id = a.act_id AND c.known_from <= $known
WHERE ((d.source_id = $source AND d.target_id = $target) OR (d.source_id = $target AND d.target_id = $source))
    AND a.known_from <= $known
    AND a.date BETWEEN $since AND $until
ORDER BY a.date, a.act_id, d.source_id;
