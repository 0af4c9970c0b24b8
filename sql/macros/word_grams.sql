-- The pieces of three letters of a word, its two ends marked: what misspelt words have in common.
-- word: VARCHAR. Result: VARCHAR[], each once.
-- Example: SELECT word_grams('putin');
CREATE OR REPLACE MACRO word_grams(word) AS
list_distinct(list_transform(range(1, length(word) + 2), lambda i: substr('##' || word || '#', CAST(i AS BIGINT), 3)));
COMMENT ON MACRO word_grams IS 'The pieces of three letters of a word, its two ends marked: what misspelt words have in common.';
