-- The events between two states, one a day per pair of parties and code, by what was known at a moment.
-- a, b: actor ids of the two states. known: the moment, UTC; a DATE is its first instant.
-- Result: the columns of marts.events_one_a_day as they would have been then, both directions. Only rows of core with known_from at or before that moment
-- are read: no look-ahead.
-- Example: SELECT date, plover_event, n_reports FROM events_one_a_day_as_known('USA', 'CHN', DATE '2023-12-22');
CREATE OR REPLACE MACRO events_one_a_day_as_known(a, b, known) AS TABLE
WITH happened AS (
    -- a month or a year is no day, a denied or merely intended act did not happen, and nothing is known before it happens
    -- (a day's grace: dates are local, known_from is UTC)
    SELECT e.*
    FROM core.events AS e
    WHERE e.event_date >= DATE '1990-01-01'
        AND e.event_date <= CAST(e.known_from AS DATE) + 1
        AND e.date_precision IN ('day', 'interval')
        AND e.modality IN ('past', 'ongoing')
        AND e.known_from <= CAST(known AS TIMESTAMP)
        AND ((e.source_country_id = a AND e.target_country_id = b) OR (e.source_country_id = b AND e.target_country_id = a))
),
reports AS (
    SELECT r.event_id, count(*) AS n_held, list(DISTINCT r.outlet) FILTER (r.outlet IS NOT NULL) AS outlets
    FROM core.event_reports AS r
    WHERE r.known_from <= CAST(known AS TIMESTAMP)
        AND r.event_id IN (SELECT e.event_id FROM happened AS e)
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
    arg_min(c.event_id, {'known_from': c.known_from, 'event_id': c.event_id}) AS event_id,
    c.event_date AS date,
    c.source_country_id AS source_id,
    c.source_sector,
    c.target_country_id AS target_id,
    c.target_sector,
    c.cameo_code,
    c.plover_event,
    c.party_no,
    arg_min(c.source_id, {'known_from': c.known_from, 'event_id': c.event_id}) AS source_actor_id,
    arg_min(c.target_id, {'known_from': c.known_from, 'event_id': c.event_id}) AS target_actor_id,
    arg_min(c.quad_schrodt, {'known_from': c.known_from, 'event_id': c.event_id}) AS quad_schrodt,
    arg_min(c.goldstein, {'known_from': c.known_from, 'event_id': c.event_id}) AS goldstein,
    count(*) AS n_rows,
    CAST(sum(c.n_reports) AS BIGINT) AS n_reports,
    len(list_distinct(flatten(list(c.outlets)))) AS n_outlets,
    min(c.known_from) AS first_seen,
    list_sort(list(DISTINCT c.origin)) AS origins,
    list(c.event_id ORDER BY c.event_id) AS event_ids
FROM counted_reports AS c
GROUP BY
    c.event_date, c.source_country_id, c.source_sector, c.target_country_id, c.target_sector, c.cameo_code, c.plover_event, c.party_no;
COMMENT ON MACRO TABLE events_one_a_day_as_known IS 'The events between two states, one a day per pair of parties and code, by what was known at a moment.';
