-- critical: An article is known from its publication where that is stated, else from the snapshot; a day alone is known when it has ended, or from a snapshot taken before that. A date is never guessed.
-- table: core.articles
-- rows: article_id
SELECT article_id, published_at, published_precision, known_from, known_basis
FROM core.articles
WHERE (published_precision = 'unknown') <> (published_at IS NULL)
   OR (published_at IS NULL AND known_basis <> 'snapshot')
   OR (published_precision IN ('second', 'minute') AND (known_basis <> 'published' OR known_from <> published_at))
   OR (published_precision = 'day' AND (known_from < published_at OR known_from >= published_at + INTERVAL 1 DAY))
   -- a day that lies after the snapshot stands for its first instant
   OR (published_precision = 'day' AND known_basis = 'published'
       AND known_from NOT IN (published_at, published_at + INTERVAL 1 DAY - INTERVAL 1 SECOND))
