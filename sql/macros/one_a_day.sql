-- Events one a day per pair of parties and code: the one body of marts.events_one_a_day and events_one_a_day_as_known.
-- events: name of a table (also of a WITH) with rows of core.events that happened on a day. reports: one with their rows of
-- core.event_reports.
-- Result: the columns of marts.events_one_a_day.
-- Example: FROM one_a_day('core.events', 'core.event_reports') WHERE source_id = 'CHN' AND target_id = 'USA';
CREATE OR REPLACE MACRO one_a_day(events, reports) AS TABLE
WITH held AS (
    -- a row counts at least one report, so one that is held adds nothing
    SELECT r.event_id, count(*) AS n_held FROM query_table(reports) AS r GROUP BY r.event_id HAVING count(*) > 1
),
parts AS (
    -- what is alike in all that is compared is put together first: texts of ten thousands of rows are then few
    SELECT
        e.event_date, dyad_side(e.source_id, e.source_country_id) AS source_country_id, e.source_sector,
        dyad_side(e.target_id, e.target_country_id) AS target_country_id, e.target_sector, e.cameo_code, e.plover_event, e.origin, e.source_id, e.source_name, e.target_id, e.target_name, e.quad_schrodt, e.goldstein,
        min({'known_from': e.known_from, 'event_id': e.event_id}) AS first,
        count(*) AS n_rows,
        -- what the origin counts, or the reports that are held where these are more
        sum(greatest(e.n_reports, h.n_held)) AS n_reports,
        list(e.event_id) AS event_ids
    FROM query_table(events) AS e
    LEFT JOIN held AS h ON h.event_id = e.event_id
    GROUP BY ALL
),
chosen AS (
    SELECT
        p.*,
        -- of one origin, differently named parties are different; names of different origins cannot be compared
        dense_rank() OVER (
            PARTITION BY
                p.event_date, p.source_country_id, p.source_sector, p.target_country_id, p.target_sector, p.cameo_code,
                p.plover_event, p.origin
            ORDER BY p.source_id, p.source_name, p.target_id, p.target_name
        ) AS party_no
    FROM parts AS p
),
grouped AS (
    SELECT
        min(c.first) AS first,
        c.event_date,
        c.source_country_id,
        c.source_sector,
        c.target_country_id,
        c.target_sector,
        c.cameo_code,
        c.plover_event,
        c.party_no,
        arg_min(c.source_id, c.first) AS source_actor_id,
        arg_min(c.target_id, c.first) AS target_actor_id,
        arg_min(c.quad_schrodt, c.first) AS quad_schrodt,
        arg_min(c.goldstein, c.first) AS goldstein,
        sum(c.n_rows) AS n_rows,
        sum(c.n_reports) AS n_reports,
        list_sort(list(DISTINCT c.origin)) AS origins,
        list_sort(flatten(list(c.event_ids))) AS event_ids
    FROM chosen AS c
    GROUP BY
        c.event_date, c.source_country_id, c.source_sector, c.target_country_id, c.target_sector, c.cameo_code, c.plover_event,
        c.party_no
),
members AS (
    SELECT g.first.event_id AS group_id, unnest(g.event_ids) AS event_id FROM grouped AS g
),
named AS (
    SELECT DISTINCT m.group_id, r.outlet
    FROM members AS m
    JOIN query_table(reports) AS r ON r.event_id = m.event_id
    WHERE r.outlet IS NOT NULL
),
outlets AS (
    SELECT n.group_id, count(n.outlet) AS n_outlets FROM named AS n GROUP BY n.group_id
)
SELECT
    g.first.event_id,
    g.event_date AS date,
    g.source_country_id AS source_id,
    g.source_sector,
    g.target_country_id AS target_id,
    g.target_sector,
    g.cameo_code,
    g.plover_event,
    g.party_no,
    g.source_actor_id,
    g.target_actor_id,
    g.quad_schrodt,
    g.goldstein,
    CAST(g.n_rows AS BIGINT) AS n_rows,
    CAST(g.n_reports AS BIGINT) AS n_reports,
    coalesce(o.n_outlets, 0) AS n_outlets,
    g.first.known_from AS first_seen,
    g.origins,
    g.event_ids
FROM grouped AS g
LEFT JOIN outlets AS o ON o.group_id = g.first.event_id;
COMMENT ON MACRO TABLE one_a_day IS 'Events one a day per pair of parties and code: the one body of marts.events_one_a_day and events_one_a_day_as_known.';
