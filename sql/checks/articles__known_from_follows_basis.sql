-- critical: An article is known from its publication where that is stated, else from the snapshot; a day alone is known when it has ended somewhere, or from a snapshot taken on it. A date is never guessed.
-- table: core.articles
SELECT article_id, published_at, published_precision, known_from, known_basis
FROM core.articles
WHERE (published_precision = 'unknown') <> (published_at IS NULL)
   OR (published_at IS NULL AND known_basis <> 'snapshot')
   OR (published_precision IN ('second', 'minute') AND (known_basis <> 'published' OR known_from <> published_at))
   OR (published_precision = 'day' AND (known_from < published_at OR known_from > published_at + INTERVAL 36 HOUR))
