-- A word of the names of listed parties, and in how many names it occurs.
-- grain: word
CREATE TABLE marts.party_words AS
SELECT word, CAST(row_number() OVER (ORDER BY word) AS INTEGER) AS word_no, count(*) AS n_names
FROM (SELECT unnest(words) AS word FROM marts.party_names)
GROUP BY word
ORDER BY word;
COMMENT ON TABLE marts.party_words IS 'Words of marts.party_names: the macro find_party weighs rare words more.';
COMMENT ON COLUMN marts.party_words.word IS 'The word, folded.';
COMMENT ON COLUMN marts.party_words.word_no IS 'Number of the row in this file.';
COMMENT ON COLUMN marts.party_words.n_names IS 'Rows of marts.party_names in which it occurs.';
