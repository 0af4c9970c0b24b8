-- The events between two states, one a day per pair of parties and code, by what was known at a moment.
-- a, b: the two states, actor ids or as people write them ('US', 'China'), an error where one is not known; both NULL: all events, those with an unknown side or of a state with itself too.
-- Where GDELT's events between them are counted by day alone, that is said as an error.
-- known: the moment, UTC; a DATE is its first instant.
-- Result: the columns of marts.events_one_a_day as they would have been then, both directions. Only rows of core with known_from at
-- or before that moment are read: no look-ahead.
-- Example: SELECT date, plover_event, n_reports FROM events_one_a_day_as_known('USA', 'CHN', DATE '2023-12-22');
CREATE OR REPLACE MACRO events_one_a_day_as_known(a, b, known) AS TABLE
WITH pair AS MATERIALIZED (
    SELECT coalesce(actor_named(a), a) AS one, coalesce(actor_named(b), b) AS other
),
events_then AS (
    SELECT e.* FROM events_of_pair('core.events', a, b) AS e WHERE happened_on_a_day(e) AND e.known_from <= CAST(known AS TIMESTAMP)
),
reports_then AS (
    SELECT r.*
    FROM core.event_reports AS r
    WHERE r.known_from <= CAST(known AS TIMESTAMP)
        AND r.event_id IN (SELECT e.event_id FROM events_then AS e)
)
SELECT o.* FROM one_a_day('events_then', 'reports_then') AS o
WHERE (SELECT is_known_pair(p.one, p.other) AND are_kept(p.one, p.other) FROM pair AS p);
COMMENT ON MACRO TABLE events_one_a_day_as_known IS 'The events between two states, one a day per pair of parties and code, by what was known at a moment.';
