-- Articles whose title holds all of these words, the newest first.
-- words: text ('fentanyl tariffs', '中美关税'); taken apart as words_of does, so tariff does not find tariffs.
-- Result: article_id, published_at, outlet, language, title, url, cluster_id, known_from of core.articles.
-- As in: core.articles
-- Example: FROM articles_with('spy balloon');
CREATE OR REPLACE MACRO articles_with(words) AS TABLE
WITH wanted AS (
    SELECT unnest(words_of(words)) AS word
),
found AS (
    SELECT t.article_id
    FROM marts.title_words AS t
    JOIN wanted AS w ON w.word = t.word
    GROUP BY t.article_id
    HAVING count(*) = (SELECT count(*) FROM wanted)
)
SELECT a.article_id, a.published_at, a.outlet, a.language, a.title, a.url, a.cluster_id, a.known_from
FROM core.articles AS a
JOIN found AS f ON f.article_id = a.article_id
ORDER BY a.published_at DESC NULLS LAST, a.article_id;
COMMENT ON MACRO TABLE articles_with IS 'Articles whose title holds all of these words, the newest first.';
