-- One event a day per pair of parties and code, whatever the number of reports, and with all rows that tell of it.
-- grain: event_id
CREATE TABLE marts.events_one_a_day AS
WITH events_now AS (
    SELECT e.*
    FROM core.events AS e
    -- the build makes some days at a time
    WHERE happened_on_a_day(e)
        AND e.event_date >= coalesce(getvariable('first_day'), DATE '0001-01-01')
        AND e.event_date <= coalesce(getvariable('last_day'), DATE '9999-12-31')
        AND e.known_from >= coalesce(getvariable('first_day'), DATE '0001-01-01') - 1
),
reports_now AS (
    SELECT r.*
    FROM core.event_reports AS r
    WHERE r.known_from >= coalesce(getvariable('first_day'), DATE '0001-01-01') - 1
        AND r.event_id IN (SELECT e.event_id FROM events_now AS e)
)
SELECT * FROM one_a_day('events_now', 'reports_now')
ORDER BY source_id, target_id, date, event_id;
COMMENT ON TABLE marts.events_one_a_day IS 'Events as the panels count them: one a day per pair of parties (state and sector of each side) and code, whatever the number of rows and reports. GDELT codes one act again from every wave of articles, and several origins code the same act: counting rows counts attention. Only what happened or goes on (modality past or ongoing) on a known day since 1990; pairs with an unknown side and of a state with itself are here too. core.events keeps every row. Of pairs whose single events are not kept (core.event_days) see marts.event_counts.';
COMMENT ON COLUMN marts.events_one_a_day.event_id IS 'The row of core.events that was known first, in core.events.';
COMMENT ON COLUMN marts.events_one_a_day.date IS 'The day: of an interval the first.';
COMMENT ON COLUMN marts.events_one_a_day.source_id IS 'The state that acted; NULL where unknown or none.';
COMMENT ON COLUMN marts.events_one_a_day.source_sector IS 'CAMEO sector of the one who acted.';
COMMENT ON COLUMN marts.events_one_a_day.target_id IS 'The state to whom it was done; NULL where unknown or none.';
COMMENT ON COLUMN marts.events_one_a_day.target_sector IS 'CAMEO sector of the one to whom it was done.';
COMMENT ON COLUMN marts.events_one_a_day.cameo_code IS 'CAMEO event code; NULL where the origin codes in PLOVER alone.';
COMMENT ON COLUMN marts.events_one_a_day.plover_event IS 'PLOVER event; NULL for roots 01 and 02.';
COMMENT ON COLUMN marts.events_one_a_day.party_no IS 'Number of the pair of parties among those that one origin names apart (ICEWS, POLECAT: by name; all: by actor); 1 where it names one. Across origins equal numbers are taken for the same event.';
COMMENT ON COLUMN marts.events_one_a_day.source_actor_id IS 'The one who acted, as the first row has it (finest actor known).';
COMMENT ON COLUMN marts.events_one_a_day.target_actor_id IS 'The one to whom it was done, as the first row has it.';
COMMENT ON COLUMN marts.events_one_a_day.quad_schrodt IS 'Quad class after Schrodt, as the first row has it.';
COMMENT ON COLUMN marts.events_one_a_day.goldstein IS 'Goldstein value, as the first row has it.';
COMMENT ON COLUMN marts.events_one_a_day.n_rows IS 'Rows of core.events that are this event.';
COMMENT ON COLUMN marts.events_one_a_day.n_reports IS 'Reports of it: of each row the count of its origin, or the reports here where these are more. A document that two origins have read counts in both.';
COMMENT ON COLUMN marts.events_one_a_day.n_outlets IS 'Different outlets among the reports here; 0 where none is named.';
COMMENT ON COLUMN marts.events_one_a_day.first_seen IS 'When it was first known, UTC.';
COMMENT ON COLUMN marts.events_one_a_day.origins IS 'Sources that tell of it.';
COMMENT ON COLUMN marts.events_one_a_day.event_ids IS 'All rows of core.events that are this event; their reports are in core.event_reports.';
