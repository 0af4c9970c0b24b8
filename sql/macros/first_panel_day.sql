-- The first day that a panel by day may hold: what lies before is kept in core, and counted on no day.
-- Result: DATE, 1990-01-01.
-- Example: SELECT count(*) FROM core.events WHERE event_date < first_panel_day();
CREATE OR REPLACE MACRO first_panel_day() AS DATE '1990-01-01';
COMMENT ON MACRO first_panel_day IS 'The first day that a panel by day may hold: what lies before is kept in core, and counted on no day.';
