-- Pairs of states of which an event or a listing is held, each once, those of which most is held first.
SELECT
    d.source_id, d.target_id, a.name AS source_name, b.name AS target_name,
    coalesce(sum(d.n_events), 0) + coalesce(sum(d.n_listings_added), 0) AS n_facts
FROM (
    SELECT
        least(m.source_id, m.target_id) AS source_id, greatest(m.source_id, m.target_id) AS target_id,
        m.n_events, m.n_listings_added
    FROM marts.dyad_month AS m
) AS d
JOIN core.actors AS a ON a.actor_id = d.source_id
JOIN core.actors AS b ON b.actor_id = d.target_id
GROUP BY ALL
ORDER BY n_facts DESC, d.source_id, d.target_id;
