-- Articles held that name a party of a list, as known at a moment, the newest first.
SELECT a.published_at, a.published_precision, a.outlet, a.title, a.url, min(n.surface) AS named_as, bool_or(n.was_listed) AS was_listed
FROM marts.article_listings AS n
JOIN core.articles AS a ON a.article_id = n.article_id
WHERE n.actor_id = $actor AND n.known_from <= $known AND a.known_from <= $known
GROUP BY ALL
ORDER BY a.published_at DESC NULLS LAST, a.title;
