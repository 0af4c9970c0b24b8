-- Events that are counted by day alone, as panels count them beside those that are kept: the one body of marts.event_counts and what
-- is known of it at a moment. An act that both tell of counts once.
-- days: name of a table (also of a WITH) with rows of core.event_days. events: one with what one_a_day gives of the same days.
-- Result: the columns of marts.event_counts.
-- Example: FROM counted_by_day('core.event_days', 'marts.events_one_a_day') WHERE source_id = 'CHN' AND target_id = 'USA';
CREATE OR REPLACE MACRO counted_by_day(days, events) AS TABLE
WITH told AS (
    -- of one origin, different parties are different events of the day, as in one_a_day
    SELECT
        dyad_side(d.source_id, d.source_country_id) AS source_id, d.source_sector,
        dyad_side(d.target_id, d.target_country_id) AS target_id, d.target_sector, d.event_date AS date, d.cameo_code, d.plover_event,
        -- both follow from the code
        min(d.quad_schrodt) AS quad_schrodt,
        min(d.goldstein) AS goldstein,
        count(DISTINCT {'source_id': d.source_id, 'target_id': d.target_id}) AS n_parties,
        0 AS n_kept,
        sum(d.n_reports) AS n_reports
    FROM query_table(days) AS d
    GROUP BY
        dyad_side(d.source_id, d.source_country_id), d.source_sector, dyad_side(d.target_id, d.target_country_id), d.target_sector,
        d.event_date, d.cameo_code, d.plover_event, d.origin
    UNION ALL
    SELECT
        e.source_id, e.source_sector, e.target_id, e.target_sector, e.date, e.cameo_code, e.plover_event, NULL, NULL, 0, e.party_no, NULL
    FROM query_table(events) AS e
),
counted AS (
    SELECT
        t.source_id, t.source_sector, t.target_id, t.target_sector, t.date, t.cameo_code, t.plover_event,
        min(t.quad_schrodt) AS quad_schrodt,
        min(t.goldstein) AS goldstein,
        greatest(max(t.n_parties) - max(t.n_kept), 0) AS n_events,
        sum(t.n_reports) AS n_reports
    FROM told AS t
    GROUP BY t.source_id, t.source_sector, t.target_id, t.target_sector, t.date, t.cameo_code, t.plover_event
)
SELECT
    c.source_id,
    c.target_id,
    c.date,
    c.cameo_code,
    c.plover_event,
    c.quad_schrodt,
    c.goldstein,
    CAST(sum(c.n_events) AS BIGINT) AS n_events,
    CAST(sum(c.n_reports) AS BIGINT) AS n_reports
FROM counted AS c
WHERE c.n_reports IS NOT NULL
GROUP BY c.source_id, c.target_id, c.date, c.cameo_code, c.plover_event, c.quad_schrodt, c.goldstein;
COMMENT ON MACRO TABLE counted_by_day IS 'Events that are counted by day alone, as panels count them beside those that are kept: the one body of marts.event_counts and what is known of it at a moment.';
