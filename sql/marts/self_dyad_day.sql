-- What happened inside one state on one day: events of which both sides belong to it, which the panels of dyads leave out.
-- grain: actor_id, date
CREATE TABLE marts.self_dyad_day AS
WITH news_days AS (
    SELECT date, max(coverage_share) AS coverage_share
    FROM core.news_coverage
    WHERE covers = 'events'
    GROUP BY date
),
told AS (
    SELECT source_id, target_id, date, 1 AS n_events, n_reports, quad_schrodt, goldstein FROM marts.events_one_a_day
    UNION ALL
    SELECT source_id, target_id, date, n_events, n_reports, quad_schrodt, goldstein FROM marts.event_counts
)
SELECT
    o.source_id AS actor_id,
    o.date,
    CAST(sum(o.n_events) AS BIGINT) AS n_events,
    CAST(sum(o.n_reports) AS BIGINT) AS n_reports,
    CAST(coalesce(sum(o.n_events) FILTER (o.quad_schrodt = 1), 0) AS BIGINT) AS n_verbal_cooperation,
    CAST(coalesce(sum(o.n_events) FILTER (o.quad_schrodt = 2), 0) AS BIGINT) AS n_material_cooperation,
    CAST(coalesce(sum(o.n_events) FILTER (o.quad_schrodt = 3), 0) AS BIGINT) AS n_verbal_conflict,
    CAST(coalesce(sum(o.n_events) FILTER (o.quad_schrodt = 4), 0) AS BIGINT) AS n_material_conflict,
    CAST(coalesce(sum(o.n_events) FILTER (o.goldstein IS NOT NULL), 0) AS BIGINT) AS n_goldstein,
    CAST(sum(o.n_events * CAST(o.goldstein AS DECIMAL(18, 4))) AS DOUBLE) AS goldstein_sum,
    any_value(n.coverage_share) AS coverage_share
FROM told AS o
LEFT JOIN news_days AS n ON n.date = o.date
WHERE o.source_id = o.target_id
GROUP BY o.source_id, o.date
ORDER BY actor_id, date;
COMMENT ON TABLE marts.self_dyad_day IS 'Events inside a state by day (both sides belong to it): police against protesters, a government and its firms. Only days with an event: a day that is absent is quiet or not covered, see core.news_coverage.';
COMMENT ON COLUMN marts.self_dyad_day.actor_id IS 'The state.';
COMMENT ON COLUMN marts.self_dyad_day.date IS 'The day.';
COMMENT ON COLUMN marts.self_dyad_day.n_events IS 'Events, one a day per pair of parties and code (marts.events_one_a_day).';
COMMENT ON COLUMN marts.self_dyad_day.n_reports IS 'All reports of these events, by the origins.';
COMMENT ON COLUMN marts.self_dyad_day.n_verbal_cooperation IS 'Events of quad class 1 after Schrodt.';
COMMENT ON COLUMN marts.self_dyad_day.n_material_cooperation IS 'Events of quad class 2 after Schrodt.';
COMMENT ON COLUMN marts.self_dyad_day.n_verbal_conflict IS 'Events of quad class 3 after Schrodt.';
COMMENT ON COLUMN marts.self_dyad_day.n_material_conflict IS 'Events of quad class 4 after Schrodt.';
COMMENT ON COLUMN marts.self_dyad_day.n_goldstein IS 'Events that have a Goldstein value.';
COMMENT ON COLUMN marts.self_dyad_day.goldstein_sum IS 'Sum of Goldstein values (-10 conflict to 10 cooperation, each event); NULL where no event has one.';
COMMENT ON COLUMN marts.self_dyad_day.coverage_share IS 'Share of the day''s news slots that are available, 0 to 1; NULL where there are no data.';
