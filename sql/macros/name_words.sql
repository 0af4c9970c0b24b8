-- The words of a name in Latin letters and lower case, in order; initials joined (S.A. is sa).
-- text: any text. Result: VARCHAR[].
-- Example: SELECT name_words('Société d''Études S.A.');
CREATE OR REPLACE MACRO name_words(text) AS
list_filter(
    string_split_regex(
        regexp_replace(
            -- public belongs to the legal form in Public Limited Company, and is distinctive in Ministry of Public Security
            regexp_replace(
                regexp_replace(lower(latin(text)), '[''`]', '', 'g'), '\bpublic (joint|stock|limited|company)', '\1', 'g'
            ),
            '\b([a-z])\.(?:([a-z])\.(?:([a-z])\.)?)?', '\1\2\3', 'g'
        ),
        '[^a-z0-9]+'
    ),
    lambda word: word <> ''
);
COMMENT ON MACRO name_words IS 'The words of a name in Latin letters and lower case, in order; initials joined (S.A. is sa).';
