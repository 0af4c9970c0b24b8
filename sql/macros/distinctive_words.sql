-- The words of a name that tell it from others: without legal forms and little words, in order.
-- text: any text. Result: VARCHAR[].
-- Example: SELECT distinctive_words('Huawei Technologies Co., Ltd.');
CREATE OR REPLACE MACRO distinctive_words(text) AS list_filter(name_words(text), lambda word: NOT is_idle_word(word));
COMMENT ON MACRO distinctive_words IS 'The words of a name that tell it from others: without legal forms and little words, in order.';
