-- The days of a pair of states, both directions, by what was known at a moment: the two dyads of marts.dyad_day as they would
-- have been then.
-- a, b: the two states, actor ids or as people write them ('US', 'China'), an error where one is not known; both NULL: all dyads. known: the moment, UTC; a DATE is its first instant.
-- Result: the columns of marts.dyad_day. Only rows of core with known_from at or before that moment are read: no look-ahead.
-- coverage_share counts the slots that were out by then. Of a day still running it is the most that can have been available (exact
-- where none is missing): core.news_coverage says how many slots are available, and of these dates only the first.
-- Example: FROM dyad_days_as_known('USA', 'CHN', DATE '2023-12-22');
CREATE OR REPLACE MACRO dyad_days_as_known(a, b, known) AS TABLE
SELECT d.source_id, d.target_id, d.date, d.* EXCLUDE (source_id, target_id, from_date, to_date, date)
REPLACE (greatest(d.date - d.lists_vintage_date, 0) AS lists_vintage_age_days)
FROM (
    SELECT s.*, s.from_date + CAST(unnest(range(s.to_date - s.from_date)) AS INTEGER) AS date
    FROM dyad_spans_as_known(a, b, known) AS s
) AS d;
COMMENT ON MACRO TABLE dyad_days_as_known IS 'The days of a pair of states, both directions, by what was known at a moment: the two dyads of marts.dyad_day as they would have been then.';
