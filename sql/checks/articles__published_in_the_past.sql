-- warning: A date of publication after today is a mistake in the metadata of the article.
-- table: core.articles
SELECT article_id, file, published_at
FROM core.articles
WHERE published_at > now()::TIMESTAMP + INTERVAL 1 DAY
