-- The events of a pair of states by where they happened, by organisation or by theme: a panel by day, week, month, quarter or year, both directions.
-- a, b: the two states, actor ids or as people write them ('US', 'China'); one that is not known is an error. grain: 'day', 'week', 'month', 'quarter' or 'year'.
-- part: 'country' (state of the place), 'adm1' (its first-order division), 'organization' (of either side), or 'theme' (of the report, core.gdelt_themes).
-- Result: one row per directed dyad, period and value. Periods without an event are no rows: coverage stands in dyad_panel of the same grain.
-- An event counts at each value that its rows or reports have: do not add up themes or organisations.
-- Column source_id: The state that acted.
-- Column target_id: The state to whom it was done.
-- Column date: First day of the period.
-- Column value: The state, division (FIPS 10-4 as GDELT writes it), organisation (CAMEO known group) or theme; NULL where none is known.
-- Column n_events: Events, one a day per pair of parties and code as in dyad_panel.
-- Column n_reports: Reports of them.
-- Column n_verbal_cooperation: Events of quad class 1 after Schrodt.
-- Column n_material_cooperation: Events of quad class 2.
-- Column n_verbal_conflict: Events of quad class 3.
-- Column n_material_conflict: Events of quad class 4.
-- As in: core.events
-- Example: FROM dyad_panel_by('USA', 'CHN', 'month', 'adm1') WHERE value = 'CH22' ORDER BY date;
CREATE OR REPLACE MACRO dyad_panel_by(a, b, grain, part) AS TABLE
WITH pair AS MATERIALIZED (
    SELECT coalesce(actor_named(a), a) AS one, coalesce(actor_named(b), b) AS other
),
counted AS (
    SELECT o.event_id AS first_id, o.source_id, o.target_id, o.date, o.quad_schrodt, unnest(o.event_ids) AS event_id
    FROM marts.events_one_a_day AS o
    WHERE (SELECT is_pair(o.source_id, o.target_id, p.one, p.other) FROM pair AS p)
),
told AS (
    SELECT
        c.source_id,
        c.target_id,
        CAST(date_trunc(grain, c.date) AS DATE) AS date,
        c.first_id,
        c.quad_schrodt,
        e.n_reports,
        CASE part
            WHEN 'country' THEN [e.place_country_id]
            WHEN 'adm1' THEN [e.place_adm1]
            WHEN 'organization' THEN list_distinct([e.source_organization, e.target_organization])
            WHEN 'theme' THEN string_split(g.themes, ';')
            ELSE error('dyad_panel_by: part is country, adm1, organization or theme')
        END AS found
    FROM events_between(a, b) AS e
    JOIN counted AS c ON c.event_id = e.event_id
    LEFT JOIN core.gdelt_themes AS g ON g.url = e.url AND part = 'theme'
),
valued AS (
    SELECT t.* EXCLUDE (found), unnest(CASE WHEN len(t.found) > 0 THEN t.found ELSE [NULL] END) AS value
    FROM told AS t
)
SELECT
    v.source_id,
    v.target_id,
    v.date,
    v.value,
    count(DISTINCT v.first_id) AS n_events,
    CAST(sum(v.n_reports) AS BIGINT) AS n_reports,
    count(DISTINCT v.first_id) FILTER (v.quad_schrodt = 1) AS n_verbal_cooperation,
    count(DISTINCT v.first_id) FILTER (v.quad_schrodt = 2) AS n_material_cooperation,
    count(DISTINCT v.first_id) FILTER (v.quad_schrodt = 3) AS n_verbal_conflict,
    count(DISTINCT v.first_id) FILTER (v.quad_schrodt = 4) AS n_material_conflict
FROM valued AS v
GROUP BY v.source_id, v.target_id, v.date, v.value
ORDER BY v.date, v.source_id, v.value;
COMMENT ON MACRO TABLE dyad_panel_by IS 'The events of a pair of states by where they happened, by organisation or by theme: a panel by day, week, month, quarter or year, both directions.';
