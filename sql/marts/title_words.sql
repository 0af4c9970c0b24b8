-- Which headlines hold a word: where articles are looked up by words, in plain SQL.
-- grain: word, article_id
CREATE TABLE marts.title_words AS
SELECT unnest(words_of(title)) AS word, article_id
FROM core.articles
WHERE title IS NOT NULL
ORDER BY word, article_id;
COMMENT ON TABLE marts.title_words IS 'Index of core.articles by the words of their titles, sorted by word: a lookup reads a few blocks. The macro articles_with asks it for several words.';
COMMENT ON COLUMN marts.title_words.word IS 'A word as the macro words_of gives it: lower case, without accents; of Chinese text two characters.';
COMMENT ON COLUMN marts.title_words.article_id IS 'An article whose title holds it.';
