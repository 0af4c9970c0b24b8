-- critical: The words of a match are in the article at the place it gives.
-- table: marts.article_listings
-- scope: build
SELECT m.*
FROM marts.article_listings AS m
JOIN core.articles AS a ON a.article_id = m.article_id
WHERE m.surface = ''
    OR substr(coalesce(a.title, '') || chr(10) || coalesce(a.text, ''), m.char_start + 1, m.char_end - m.char_start) <> m.surface;
