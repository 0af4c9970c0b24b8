-- Events of the news that tell of an act, with the sentence where one is held.
SELECT r.event_date, r.source_id, r.target_id, r.lag_days, r.score, r.reasons, e.evidence, a.outlet, a.title, coalesce(a.url, e.url) AS url
FROM marts.act_reports AS r
JOIN core.events AS e ON e.event_id = r.event_id
LEFT JOIN core.articles AS a ON a.article_id = e.article_id
WHERE r.act_id = $act AND r.first_seen <= $known
ORDER BY r.score DESC, r.event_date;
