-- The words of a name that tell it from others: without legal forms and little words, in order.
-- text: any text. Result: VARCHAR[].
-- Example: SELECT distinctive_words('Huawei Technologies Co., Ltd.');
CREATE OR REPLACE MACRO distinctive_words(text) AS list_filter(
    -- Chinese, Japanese and Korean legal forms are written without blanks
    name_words(regexp_replace(text, '集团|控股|股份|有限|责任|总?公司|株式会社|주식회사', ' ', 'g')),
    lambda word: NOT is_idle_word(word)
);
COMMENT ON MACRO distinctive_words IS 'The words of a name that tell it from others: without legal forms and little words, in order.';
