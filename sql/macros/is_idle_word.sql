-- Whether a word distinguishes no name from another: a legal form (LTD, CO, GMBH, misspelt ones too), or a little word (of, the).
-- word: as name_words gives it. Result: BOOLEAN.
-- Example: SELECT is_idle_word('limited'), is_idle_word('liimted'), is_idle_word('huawei');
CREATE OR REPLACE MACRO is_idle_word(word) AS
list_contains(
    [
        'ab', 'ag', 'ao', 'as', 'asa', 'bhd', 'bv', 'co', 'company', 'corp', 'corporation', 'cv', 'doo', 'dooel',
        'eirl', 'fzc', 'fzco', 'fze', 'gmbh', 'inc', 'incorporated', 'jsc', 'kft', 'kg', 'kk', 'limitada', 'limitd',
        'limited', 'llc', 'llp', 'lp', 'ltd', 'ltda', 'mbh', 'nv', 'oao', 'ojsc', 'ooo', 'oy', 'oyj', 'pao', 'pjsc',
        'plc', 'private', 'pte', 'pty', 'pvt', 'sa', 'sal', 'sarl', 'sas', 'sasu', 'sdn', 'spa',
        'spzoo', 'srl', 'srls', 'zao', 'zrt', 'a', 'al', 'an', 'and', 'de', 'el', 'et', 'for', 'i',
        'in', 'la', 'le', 'les', 'of', 'the', 'und', 'y'
    ],
    word
)
-- a word of which a letter is wrong is a letter longer or shorter at most: to compare it with all takes three times as long
OR CASE
    WHEN length(word) NOT BETWEEN 6 AND 13 THEN false
    WHEN length(word) <= 8 THEN
        damerau_levenshtein(word, 'limited') <= 1
        OR damerau_levenshtein(word, 'company') <= 1
        OR damerau_levenshtein(word, 'liability') <= 1
    WHEN length(word) <= 10 THEN
        damerau_levenshtein(word, 'liability') <= 1
        OR damerau_levenshtein(word, 'corporation') <= 1
    ELSE
        damerau_levenshtein(word, 'corporation') <= 1
        OR damerau_levenshtein(word, 'incorporated') <= 1
        OR damerau_levenshtein(word, 'gesellschaft') <= 1
END;
COMMENT ON MACRO is_idle_word IS 'Whether a word distinguishes no name from another: a legal form (LTD, CO, GMBH, misspelt ones too), or a little word (of, the).';
