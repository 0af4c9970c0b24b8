-- Which words of the names of listed parties hold three letters in a row: where misspelt words are looked up.
-- grain: gram, word
CREATE TABLE marts.party_word_grams AS
SELECT unnest(word_grams(word)) AS gram, word, n_names
FROM marts.party_words
-- a short word or a number is itself or nothing
WHERE length(word) >= 4 AND NOT regexp_matches(word, '[0-9]')
ORDER BY gram, word;
COMMENT ON TABLE marts.party_word_grams IS 'Index of marts.party_words by pieces of three letters, for the macro find_party.';
COMMENT ON COLUMN marts.party_word_grams.gram IS 'Three letters; # marks an end of the word.';
COMMENT ON COLUMN marts.party_word_grams.word IS 'A word that holds them.';
COMMENT ON COLUMN marts.party_word_grams.n_names IS 'In how many names the word occurs.';
