-- The words of a name, folded for comparison: lower case, accents off, initials joined (S.A. is sa), distinct, sorted.
-- text: any text. Result: VARCHAR[].
-- Example: SELECT name_words('Société d''Études S.A.');
CREATE OR REPLACE MACRO name_words(text) AS
list_sort(list_distinct(list_filter(
    string_split_regex(
        regexp_replace(regexp_replace(lower(strip_accents(text)), '[''’`]', '', 'g'), '\b(\p{L})\.', '\1', 'g'),
        '[^\p{L}\p{N}]+'
    ),
    lambda word: word <> ''
)));
COMMENT ON MACRO name_words IS 'The words of a name, folded for comparison: lower case, accents off, initials joined (S.A. is sa), distinct, sorted.';
