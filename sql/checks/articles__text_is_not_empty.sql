-- critical: An article without text is a reject, not a row.
-- table: core.articles
SELECT article_id, file
FROM core.articles
WHERE trim(text) = '' OR text IS NULL
