-- critical: An article is known from its publication where that is stated, else from the snapshot; a date is never guessed.
-- table: core.articles
SELECT article_id, published_at, published_precision, known_from, known_basis
FROM core.articles
WHERE (known_basis = 'published') <> (published_at IS NOT NULL)
   OR (published_precision = 'unknown') <> (published_at IS NULL)
   OR (published_at IS NOT NULL AND known_from <> published_at)
