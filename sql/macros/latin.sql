-- A text in Latin letters: other letters by core.transliterations, what is in no alphabet as written.
-- text: any text. Result: VARCHAR.
-- Example: SELECT latin('Владимир'), latin('海康威视');
CREATE OR REPLACE MACRO latin(text) AS
CASE
    WHEN regexp_full_match(text, '[\x00-\x7F]*') THEN text
    ELSE (
        SELECT string_agg(coalesce(t.latin, strip_accents(c.letter)), '' ORDER BY c.position)
        FROM (
            SELECT unnest(string_split(f.other, '')) AS letter, generate_subscripts(string_split(f.other, ''), 1) AS position
            -- a subquery is worked out for all texts, whatever the condition around it says
            FROM (SELECT CASE WHEN NOT regexp_full_match(text, '[\x00-\x7F]*') THEN text END AS other) AS f
        ) AS c
        LEFT JOIN core.transliterations AS t ON t.letter = c.letter
    )
END;
COMMENT ON MACRO latin IS 'A text in Latin letters: other letters by core.transliterations, what is in no alphabet as written.';
