-- The tension index of both directions by month, by current knowledge.
SELECT i.source_id, i.target_id, i.period_end, i.tension, i.n_events
FROM marts.tension_index AS i
WHERE ((i.source_id = $source AND i.target_id = $target) OR (i.source_id = $target AND i.target_id = $source)) AND i.tension IS NOT NULL
ORDER BY i.source_id DESC, i.period_end;
