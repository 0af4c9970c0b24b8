-- One event a day per pair of parties and code, whatever the number of reports, and with all rows that tell of it.
-- grain: event_id
CREATE TABLE marts.events_one_a_day AS
WITH happened AS (
    -- a month or a year is no day, a denied or merely intended act did not happen, and nothing is known before it happens
    -- (a day's grace: dates are local, known_from is UTC)
    SELECT e.*
    FROM core.events AS e
    WHERE e.event_date >= DATE '1990-01-01'
        AND e.event_date <= CAST(e.known_from AS DATE) + 1
        AND e.date_precision IN ('day', 'interval')
        AND e.modality IN ('past', 'ongoing')
),
reports AS (
    SELECT r.event_id, count(*) AS n_held, list(DISTINCT r.outlet) FILTER (r.outlet IS NOT NULL) AS outlets
    FROM core.event_reports AS r
    GROUP BY r.event_id
),
told AS (
    SELECT
        e.*,
        -- of one origin, differently named parties are different; names of different origins cannot be compared
        dense_rank() OVER (
            PARTITION BY
                e.event_date, e.source_country_id, e.source_sector, e.target_country_id, e.target_sector, e.cameo_code,
                e.plover_event, e.origin
            ORDER BY e.source_id, e.source_name, e.target_id, e.target_name
        ) AS party_no
    FROM happened AS e
),
counted_reports AS (
    -- what the origin counts, or the reports that are held where these are more
    SELECT t.* REPLACE (greatest(t.n_reports, coalesce(r.n_held, 0)) AS n_reports), r.outlets
    FROM told AS t
    LEFT JOIN reports AS r ON r.event_id = t.event_id
)
SELECT
    arg_min(event_id, {'known_from': known_from, 'event_id': event_id}) AS event_id,
    event_date AS date,
    source_country_id AS source_id,
    source_sector,
    target_country_id AS target_id,
    target_sector,
    cameo_code,
    plover_event,
    party_no,
    arg_min(source_id, {'known_from': known_from, 'event_id': event_id}) AS source_actor_id,
    arg_min(target_id, {'known_from': known_from, 'event_id': event_id}) AS target_actor_id,
    arg_min(quad_schrodt, {'known_from': known_from, 'event_id': event_id}) AS quad_schrodt,
    arg_min(goldstein, {'known_from': known_from, 'event_id': event_id}) AS goldstein,
    count(*) AS n_rows,
    CAST(sum(n_reports) AS BIGINT) AS n_reports,
    len(list_distinct(flatten(list(outlets)))) AS n_outlets,
    min(known_from) AS first_seen,
    list_sort(list(DISTINCT origin)) AS origins,
    list(event_id ORDER BY event_id) AS event_ids
FROM counted_reports
GROUP BY
    event_date, source_country_id, source_sector, target_country_id, target_sector, cameo_code, plover_event, party_no
ORDER BY source_id, target_id, date, event_id;
COMMENT ON TABLE marts.events_one_a_day IS 'Events as the panels count them: one a day per pair of parties (state and sector of each side) and code, whatever the number of rows and reports. GDELT codes one act again from every wave of articles, and several origins code the same act: counting rows counts attention. Only what happened or goes on (modality past or ongoing) on a known day since 1990; pairs with an unknown side and of a state with itself are here too. core.events keeps every row.';
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
COMMENT ON COLUMN marts.events_one_a_day.n_reports IS 'Reports of it: of each row the count of its origin, or the reports held where these are more. A document that two origins have read counts in both.';
COMMENT ON COLUMN marts.events_one_a_day.n_outlets IS 'Different outlets among the reports that are held; 0 where none is named.';
COMMENT ON COLUMN marts.events_one_a_day.first_seen IS 'When it was first known, UTC.';
COMMENT ON COLUMN marts.events_one_a_day.origins IS 'Sources that tell of it.';
COMMENT ON COLUMN marts.events_one_a_day.event_ids IS 'All rows of core.events that are this event; their reports are in core.event_reports.';
