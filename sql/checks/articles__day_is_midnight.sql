-- critical: A date without a time stands for that day at 00:00 UTC.
-- table: core.articles
SELECT article_id, published_at
FROM core.articles
WHERE published_precision = 'day' AND published_at <> date_trunc('day', published_at)
