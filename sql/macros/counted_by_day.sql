-- Events that are counted by day alone, as panels count them beside those that are kept: the one body of marts.event_counts and what
-- is known of it at a moment. An act that both tell of counts once.
-- days: name of a table (also of a WITH) with rows of core.event_days. events: one with what one_a_day gives of the same days.
-- Result: the columns of marts.event_counts.
-- Example: FROM counted_by_day('core.event_days', 'marts.events_one_a_day') WHERE source_id = 'CHN' AND target_id = 'USA';
CREATE OR REPLACE MACRO counted_by_day(days, events) AS TABLE
WITH parties AS (
    -- of one origin, different parties are different events of the day, as in one_a_day
    SELECT
        d.event_date, d.source_country_id, d.source_sector, d.target_country_id, d.target_sector, d.cameo_code, d.plover_event,
        d.origin, d.source_id, d.target_id,
        -- both follow from the code
        min(d.quad_schrodt) AS quad_schrodt,
        min(d.goldstein) AS goldstein,
        sum(d.n_reports) AS n_reports
    FROM query_table(days) AS d
    GROUP BY ALL
),
of_origins AS (
    SELECT
        p.event_date, p.source_country_id, p.source_sector, p.target_country_id, p.target_sector, p.cameo_code, p.plover_event,
        p.origin,
        min(p.quad_schrodt) AS quad_schrodt,
        min(p.goldstein) AS goldstein,
        count(*) AS n_parties,
        sum(p.n_reports) AS n_reports
    FROM parties AS p
    GROUP BY ALL
),
counted AS (
    SELECT
        o.event_date, o.source_country_id, o.source_sector, o.target_country_id, o.target_sector, o.cameo_code, o.plover_event,
        min(o.quad_schrodt) AS quad_schrodt,
        min(o.goldstein) AS goldstein,
        max(o.n_parties) AS n_parties,
        sum(o.n_reports) AS n_reports
    FROM of_origins AS o
    GROUP BY ALL
),
kept AS (
    SELECT
        e.date, e.source_id, e.source_sector, e.target_id, e.target_sector, e.cameo_code, e.plover_event, max(e.party_no) AS n_parties
    FROM query_table(events) AS e
    GROUP BY ALL
)
SELECT
    c.source_country_id AS source_id,
    c.target_country_id AS target_id,
    c.event_date AS date,
    c.cameo_code,
    c.plover_event,
    c.quad_schrodt,
    c.goldstein,
    CAST(sum(greatest(c.n_parties - coalesce(k.n_parties, 0), 0)) AS BIGINT) AS n_events,
    CAST(sum(c.n_reports) AS BIGINT) AS n_reports
FROM counted AS c
LEFT JOIN kept AS k
    ON k.date = c.event_date
    AND k.source_id IS NOT DISTINCT FROM c.source_country_id
    AND k.source_sector IS NOT DISTINCT FROM c.source_sector
    AND k.target_id IS NOT DISTINCT FROM c.target_country_id
    AND k.target_sector IS NOT DISTINCT FROM c.target_sector
    AND k.cameo_code IS NOT DISTINCT FROM c.cameo_code
    AND k.plover_event IS NOT DISTINCT FROM c.plover_event
GROUP BY c.source_country_id, c.target_country_id, c.event_date, c.cameo_code, c.plover_event, c.quad_schrodt, c.goldstein;
COMMENT ON MACRO TABLE counted_by_day IS 'Events that are counted by day alone, as panels count them beside those that are kept: the one body of marts.event_counts and what is known of it at a moment.';
