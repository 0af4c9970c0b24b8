-- The topics of an article by the words of its title.
-- grain: article_id, topic
CREATE TABLE marts.article_topics AS
WITH titles AS (
    SELECT a.article_id, plain_text(regexp_replace(a.title, '[''’]s\b', '', 'g')) AS words
    FROM core.articles AS a
    WHERE a.title IS NOT NULL
)
SELECT
    t.article_id,
    m.topic,
    list(m.term ORDER BY m.term) AS terms
FROM titles AS t
JOIN topic_terms() AS m
    ON contains(t.words, CASE WHEN regexp_matches(m.term, '\p{Han}') THEN m.term ELSE ' ' || m.term || ' ' END)
GROUP BY t.article_id, m.topic
ORDER BY t.article_id, m.topic;
COMMENT ON TABLE marts.article_topics IS 'Topics of articles by the words of their titles (the macro topic_terms). An article without a row has none of these words: that is not to be about nothing.';
COMMENT ON COLUMN marts.article_topics.article_id IS 'The article, in core.articles.';
COMMENT ON COLUMN marts.article_topics.topic IS 'drugs, tariffs, trade, technology, export_controls, sanctions, taiwan, south_china_sea, human_rights, military, espionage, meetings, people, climate, health.';
COMMENT ON COLUMN marts.article_topics.terms IS 'The words that say so.';
