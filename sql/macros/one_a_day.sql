-- Events one a day per pair of parties and code: the one body of marts.events_one_a_day and events_one_a_day_as_known.
-- events: name of a table (also of a WITH) with rows of core.events that happened on a day. reports: one with their rows of
-- core.event_reports.
-- Result: the columns of marts.events_one_a_day.
-- Example: FROM one_a_day('core.events', 'core.event_reports') WHERE source_id = 'CHN' AND target_id = 'USA';
CREATE OR REPLACE MACRO one_a_day(events, reports) AS TABLE
WITH counts AS (
    SELECT r.event_id, count(*) AS n_held, list(DISTINCT r.outlet) FILTER (r.outlet IS NOT NULL) AS outlets
    FROM query_table(reports) AS r
    GROUP BY r.event_id
),
chosen AS (
    SELECT
        e.*,
        -- of one origin, differently named parties are different; names of different origins cannot be compared
        dense_rank() OVER (
            PARTITION BY
                e.event_date, e.source_country_id, e.source_sector, e.target_country_id, e.target_sector, e.cameo_code,
                e.plover_event, e.origin
            ORDER BY e.source_id, e.source_name, e.target_id, e.target_name
        ) AS party_no
    FROM query_table(events) AS e
),
counted_reports AS (
    -- what the origin counts, or the reports that are held where these are more
    SELECT t.* REPLACE (greatest(t.n_reports, coalesce(r.n_held, 0)) AS n_reports), r.outlets
    FROM chosen AS t
    LEFT JOIN counts AS r ON r.event_id = t.event_id
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
COMMENT ON MACRO TABLE one_a_day IS 'Events one a day per pair of parties and code: the one body of marts.events_one_a_day and events_one_a_day_as_known.';
