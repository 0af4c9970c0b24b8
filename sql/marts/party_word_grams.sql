-- Which words of the names of listed parties hold three letters in a row: where misspelt words are looked up.
-- grain: gram, word_no
CREATE TABLE marts.party_word_grams AS
SELECT unnest(word_grams(word)) AS gram, word_no
FROM marts.party_words
-- a short word or a number is itself or nothing
WHERE length(word) >= 4 AND NOT regexp_matches(word, '[0-9]')
ORDER BY gram, word_no;
COMMENT ON TABLE marts.party_word_grams IS 'Index of marts.party_words by pieces of three letters, for the macro find_party.';
COMMENT ON COLUMN marts.party_word_grams.gram IS 'Three letters; # marks an end of the word.';
COMMENT ON COLUMN marts.party_word_grams.word_no IS 'A word that holds them: row of marts.party_words.';
