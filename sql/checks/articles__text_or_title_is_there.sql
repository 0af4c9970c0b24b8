-- critical: An article with neither text nor title is a reject, not a row.
-- table: core.articles
-- rows: article_id
SELECT article_id, file
FROM core.articles
WHERE coalesce(trim(text), '') = '' AND coalesce(trim(title), '') = ''
