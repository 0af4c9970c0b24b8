-- A text in Latin letters: other letters by core.transliterations, what is in no alphabet as written.
-- text: any text. Result: VARCHAR.
-- Example: SELECT latin('Владимир'), latin('海康威视');
CREATE OR REPLACE MACRO latin(text) AS
CASE
    WHEN regexp_full_match(text, '[\x00-\x7F]*') THEN text
    ELSE (
        SELECT string_agg(coalesce(t.latin, strip_accents(c.letter)), '' ORDER BY c.position)
        FROM (
            SELECT unnest(string_split(text, '')) AS letter, generate_subscripts(string_split(text, ''), 1) AS position
        ) AS c
        LEFT JOIN core.transliterations AS t ON t.letter = c.letter
    )
END;
COMMENT ON MACRO latin IS 'A text in Latin letters: other letters by core.transliterations, what is in no alphabet as written.';
