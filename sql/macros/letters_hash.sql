-- A number for the letters of words without the blanks between them: what two writings with other blanks have in common.
-- words: VARCHAR[]. Result: UINTEGER, the same in every version of DuckDB; other letters may have the same.
-- Example: SELECT letters_hash(['hua', 'wei']) = letters_hash(['huawei']);
CREATE OR REPLACE MACRO letters_hash(words) AS CAST(md5_number_lower(array_to_string(words, '')) % 16777216 AS UINTEGER);
COMMENT ON MACRO letters_hash IS 'A number for the letters of words without the blanks between them: what two writings with other blanks have in common.';
