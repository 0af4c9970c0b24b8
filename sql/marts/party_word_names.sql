-- In which names of listed parties a word occurs.
-- grain: word, name_no
CREATE TABLE marts.party_word_names AS
SELECT unnest(words) AS word, name_no
FROM marts.party_names
ORDER BY word, name_no;
COMMENT ON TABLE marts.party_word_names IS 'Index of marts.party_names by word, for the macro find_party.';
COMMENT ON COLUMN marts.party_word_names.word IS 'The word, folded.';
COMMENT ON COLUMN marts.party_word_names.name_no IS 'Row of marts.party_names.';
