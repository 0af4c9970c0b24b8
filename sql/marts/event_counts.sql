-- Events of pairs that keep days alone, as panels count them: beside marts.events_one_a_day, which holds the single ones that are kept.
-- grain: source_id, target_id, date, cameo_code, plover_event, quad_schrodt, goldstein
CREATE TABLE marts.event_counts AS
WITH days_now AS (
    SELECT d.*
    FROM core.event_days AS d
    -- the build makes some days at a time
    WHERE d.event_date >= coalesce(getvariable('first_day'), DATE '0001-01-01')
        AND d.event_date <= coalesce(getvariable('last_day'), DATE '9999-12-31')
        AND d.known_from >= coalesce(getvariable('first_day'), DATE '0001-01-01') - 1
),
events_now AS (
    SELECT e.*
    FROM marts.events_one_a_day AS e
    WHERE e.date >= coalesce(getvariable('first_day'), DATE '0001-01-01')
        AND e.date <= coalesce(getvariable('last_day'), DATE '9999-12-31')
)
SELECT * FROM counted_by_day('days_now', 'events_now')
ORDER BY source_id, target_id, date, cameo_code, plover_event, quad_schrodt, goldstein;
COMMENT ON TABLE marts.event_counts IS 'GDELT''s events of which no single one is kept (core.event_days), by day, pair of states and code, as the panels count them: one a day per pair of parties (state and sector of each side) and code. What marts.events_one_a_day holds already, since another source tells of it, is not counted again, but its reports are. Empty where single events of all pairs are kept (BILATERAL_SINGLE_EVENTS).';
COMMENT ON COLUMN marts.event_counts.source_id IS 'The state that acted; NULL where unknown or none.';
COMMENT ON COLUMN marts.event_counts.target_id IS 'The state to whom it was done; NULL where unknown or none.';
COMMENT ON COLUMN marts.event_counts.date IS 'The day.';
COMMENT ON COLUMN marts.event_counts.cameo_code IS 'CAMEO event code.';
COMMENT ON COLUMN marts.event_counts.plover_event IS 'PLOVER event; NULL for roots 01 and 02.';
COMMENT ON COLUMN marts.event_counts.quad_schrodt IS 'Quad class after Schrodt.';
COMMENT ON COLUMN marts.event_counts.goldstein IS 'Goldstein value of the code, -10 (conflict) to 10 (cooperation).';
COMMENT ON COLUMN marts.event_counts.n_events IS 'Events, one a day per pair of parties and code, that are in marts.events_one_a_day not already.';
COMMENT ON COLUMN marts.event_counts.n_reports IS 'Reports of all of them, by the origins.';
