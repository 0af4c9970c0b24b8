-- Whether a text names a term of core.official_act_terms: its words occur as beginnings of words, a number as a whole one.
-- words: the text as plain_text gives it. term: the term; words joined by + must all be there. Result: BOOLEAN.
-- Example: SELECT names_term(plain_text('Xi and Trump speak by phone'), 'trump+xi+phone'), names_term(plain_text('125%'), '12');
CREATE OR REPLACE MACRO names_term(words, term) AS
list_bool_and(
    list_transform(
        string_split(term, '+'),
        lambda part: contains(words, ' ' || part || CASE WHEN regexp_matches(part, '\d$') THEN ' ' ELSE '' END)
    )
);
COMMENT ON MACRO names_term IS 'Whether a text names a term of core.official_act_terms: its words occur as beginnings of words, a number as a whole one.';
