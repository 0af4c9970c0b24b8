-- In which names of listed parties a word occurs.
-- grain: word_no, name_no
CREATE TABLE marts.party_word_names AS
SELECT w.word_no, n.name_no
FROM (SELECT unnest(p.words) AS word, p.name_no FROM marts.party_names AS p) AS n
JOIN marts.party_words AS w USING (word)
ORDER BY w.word_no, n.name_no;
COMMENT ON TABLE marts.party_word_names IS 'Index of marts.party_names by word, for the macro find_party.';
COMMENT ON COLUMN marts.party_word_names.word_no IS 'The word: row of marts.party_words.';
COMMENT ON COLUMN marts.party_word_names.name_no IS 'Row of marts.party_names.';
