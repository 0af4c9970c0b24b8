-- The two dyads of a pair of states, as spans of days that are alike, by what was known at a moment.
-- a, b: the two states, actor ids or as people write them ('US', 'China'), an error where one is not known; both NULL: all dyads. known: the moment, UTC; a DATE is its first instant.
-- Result: the columns of marts.dyad_spans. Only rows of core with known_from at or before that moment are read: no look-ahead.
-- coverage_share counts the slots that were out by then. Of a day still running it is the most that can have been available (exact
-- where none is missing): core.news_coverage says how many slots are available, and of these dates only the first.
-- Example: FROM dyad_spans_as_known('USA', 'CHN', DATE '2023-12-22');
CREATE OR REPLACE MACRO dyad_spans_as_known(a, b, known) AS TABLE
WITH pair AS MATERIALIZED (
    SELECT coalesce(actor_named(a), a) AS one, coalesce(actor_named(b), b) AS other
),
rows_then AS (
    SELECT e.* FROM events_of_pair('core.events', a, b) AS e WHERE happened_on_a_day(e) AND e.known_from <= CAST(known AS TIMESTAMP)
),
reports_then AS (
    SELECT r.*
    FROM core.event_reports AS r
    WHERE r.known_from <= CAST(known AS TIMESTAMP)
        AND r.event_id IN (SELECT e.event_id FROM rows_then AS e)
),
events_then AS (
    SELECT o.* FROM one_a_day('rows_then', 'reports_then') AS o
),
days_then AS (
    SELECT c.* FROM events_of_pair('core.event_days', a, b) AS c WHERE c.known_from <= CAST(known AS TIMESTAMP)
),
counts_then AS (
    SELECT c.* FROM counted_by_day('days_then', 'events_then') AS c
),
listings_then AS (
    SELECT l.* FROM listing_dyads_as_known(known) AS l
),
acts_then AS (
    SELECT c.* FROM act_dyads('listings_then', known) AS c
)
SELECT d.*
FROM dyad_spans(
    'events_then', 'counts_then', 'listings_then', 'acts_then', (SELECT p.one FROM pair AS p), (SELECT p.other FROM pair AS p), known
) AS d
WHERE (SELECT is_known_pair(p.one, p.other) FROM pair AS p);
COMMENT ON MACRO TABLE dyad_spans_as_known IS 'The two dyads of a pair of states, as spans of days that are alike, by what was known at a moment.';
