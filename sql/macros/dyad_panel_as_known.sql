-- The panel of a pair of states by day, week, month, quarter or year, both directions, by what was known at a moment.
-- a, b: the two states, actor ids or as people write them ('US', 'China', '中国'); one that is not known is an error. grain: 'day', 'week' (Monday to Sunday), 'month', 'quarter' or 'year'. known: the moment, UTC; a DATE is its
-- first instant.
-- Result: the columns of dyad_panel. Only rows of core with known_from at or before that moment are read: no look-ahead.
-- Example: FROM dyad_panel_as_known('USA', 'CHN', 'month', DATE '2023-12-22');
CREATE OR REPLACE MACRO dyad_panel_as_known(a, b, grain, known) AS TABLE
WITH spans_then AS (
    -- without a pair there is no panel, as in dyad_panel
    SELECT d.* FROM dyad_spans_as_known(a, b, known) AS d WHERE a IS NOT NULL AND b IS NOT NULL
)
-- dyad_spans_as_known refuses actors that are not known
SELECT p.* FROM dyad_periods('spans_then', grain) AS p ORDER BY p.date, p.source_id;
COMMENT ON MACRO TABLE dyad_panel_as_known IS 'The panel of a pair of states by day, week, month, quarter or year, both directions, by what was known at a moment.';
