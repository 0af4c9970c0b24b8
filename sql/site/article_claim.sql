-- A claim of an article, by the place of its number.
SELECT j.*, a.outlet, a.title, a.url
FROM marts.claims_judged AS j
JOIN core.articles AS a ON a.article_id = j.article_id
WHERE j.article_id = $article AND j.char_start = $start;
