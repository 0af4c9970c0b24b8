-- Whether two actors of a question are states or organisations; an error that says what may have been meant where one is not.
-- a, b: actor ids, or both NULL. Result: BOOLEAN, always true.
-- Example: SELECT is_known_pair('USA', 'CHN');
CREATE OR REPLACE MACRO is_known_pair(a, b) AS are_known([a, b]);
COMMENT ON MACRO is_known_pair IS 'Whether two actors of a question are states or organisations; an error that says what may have been meant where one is not.';
