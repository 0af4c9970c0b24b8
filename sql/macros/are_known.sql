-- Whether all actors of a question are states or organisations; an error that says what may have been meant where one is not.
-- ids: actor ids, a list; NULL is let pass. Result: BOOLEAN, always true.
-- Example: SELECT are_known(['USA', 'CHN', 'HKG']);
CREATE OR REPLACE MACRO are_known(ids) AS (
    -- asked once for all: planning is what it costs
    SELECT CASE WHEN u.said IS NULL THEN true ELSE CAST(error(u.said) AS BOOLEAN) END
    FROM (SELECT actors_error(ids) AS said) AS u
);
COMMENT ON MACRO are_known IS 'Whether all actors of a question are states or organisations; an error that says what may have been meant where one is not.';
