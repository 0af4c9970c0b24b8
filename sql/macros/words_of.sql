-- The words of a headline for finding it: letters in lower case without accents, 's left off; of Chinese text each two characters in a row.
-- text: any text. Result: VARCHAR[], each once.
-- Example: SELECT words_of('China’s fentanyl pledge'), words_of('中美关税');
CREATE OR REPLACE MACRO words_of(text) AS
list_distinct(list_concat(
    regexp_extract_all(
        regexp_replace(regexp_replace(lower(strip_accents(text)), '[''’]s\b', '', 'g'), '\p{Han}+', ' ', 'g'), '[\p{L}\p{N}]+'
    ),
    flatten(list_transform(
        regexp_extract_all(text, '\p{Han}+'),
        lambda run: CASE
            WHEN length(run) = 1 THEN [run]
            ELSE list_transform(range(1, length(run)), lambda i: substr(run, CAST(i AS BIGINT), 2))
        END
    ))
));
COMMENT ON MACRO words_of IS 'The words of a headline for finding it: letters in lower case without accents, ''s left off; of Chinese text each two characters in a row.';
