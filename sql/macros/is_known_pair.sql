-- Whether two actors of a question are states or organisations; an error that says what may have been meant where one is not.
-- a, b: actor ids, or both NULL. Result: BOOLEAN, always true.
-- Example: SELECT is_known_pair('USA', 'CHN');
CREATE OR REPLACE MACRO is_known_pair(a, b) AS (
    -- asked once for both: planning is what it costs
    SELECT CASE WHEN u.said IS NULL THEN true ELSE CAST(error(u.said) AS BOOLEAN) END
    FROM (SELECT actors_error([a, b]) AS said) AS u
);
COMMENT ON MACRO is_known_pair IS 'Whether two actors of a question are states or organisations; an error that says what may have been meant where one is not.';
