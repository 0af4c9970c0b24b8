-- critical: A date without a time is written as that day at 00:00 (it is known at the end of the day).
-- table: core.articles
-- rows: article_id
SELECT article_id, published_at
FROM core.articles
WHERE published_precision = 'day' AND published_at <> date_trunc('day', published_at)
