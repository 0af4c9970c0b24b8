-- critical: A mention is known when its article is.
-- table: core.mentions
-- rows: article_id, char_start
SELECT m.article_id, m.char_start, m.known_from, a.known_from AS article_known_from
FROM core.mentions AS m
JOIN core.articles AS a USING (article_id)
WHERE m.known_from <> a.known_from
