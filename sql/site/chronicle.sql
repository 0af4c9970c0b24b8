-- Dated facts of the pair in both directions, as known at a moment.
SELECT t.date, t.source_id, t.target_id, t.kind, t.headline, t.magnitude, t.n_reports, t.citation, t.url, t.known_from, t.date_precision
FROM marts.timeline AS t
WHERE ((t.source_id = $source AND t.target_id = $target) OR (t.source_id = $target AND t.target_id = $source))
    AND t.known_from <= $known
ORDER BY t.date DESC, t.kind, t.headline, t.source_id;
