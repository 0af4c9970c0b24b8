-- critical: A claim is known when its article is, and published on its day.
-- table: core.claims
-- rows: article_id, char_start
SELECT c.article_id, c.char_start, c.known_from, a.known_from AS article_known_from, c.published_on, a.published_at
FROM core.claims AS c
JOIN core.articles AS a USING (article_id)
WHERE c.known_from <> a.known_from OR c.published_on IS DISTINCT FROM CAST(a.published_at AS DATE)
