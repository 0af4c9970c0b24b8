-- Whether an event is one that panels by day count: it happened or goes on, on a known day that a panel may hold.
-- event: a row of core.events, by the alias of the table. Result: BOOLEAN. A month or a year is no day, a denied or merely intended
-- act did not happen, and nothing is known before it happens (a day's grace: dates are local, known_from is UTC). NULL without a date.
-- Example: SELECT count(*) FROM core.events AS e WHERE happened_on_a_day(e);
CREATE OR REPLACE MACRO happened_on_a_day(event) AS
event.event_date >= first_panel_day()
AND event.event_date <= CAST(event.known_from AS DATE) + 1
AND event.date_precision IN ('day', 'interval')
AND event.modality IN ('past', 'ongoing');
COMMENT ON MACRO happened_on_a_day IS 'Whether an event is one that panels by day count: it happened or goes on, on a known day that a panel may hold.';
