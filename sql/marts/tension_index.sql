-- How tense one state was towards another in a calendar month: conflict against cooperation among the events of the dyad.
-- grain: source_id, target_id, period_end
CREATE TABLE marts.tension_index AS
WITH told AS (
    SELECT source_id, target_id, date, 1 AS n, quad_schrodt, goldstein FROM marts.events_one_a_day WHERE source_id <> target_id
    UNION ALL
    SELECT source_id, target_id, date, n_events, quad_schrodt, goldstein FROM marts.event_counts WHERE source_id <> target_id
),
days AS (
    -- of which any event is held, or three quarters of the slots of a source; with the 30th such day back
    SELECT d.date, lag(d.date, 29) OVER (ORDER BY d.date) AS first_date
    FROM (
        SELECT t.date FROM told AS t
        UNION
        SELECT n.date FROM core.news_coverage AS n WHERE n.covers = 'events' AND n.coverage_share >= 0.75
    ) AS d
),
windows AS (
    SELECT last_day(d.date) AS period_end, arg_max(d.first_date, d.date) AS rated_from, max(d.date) AS rated_to
    FROM days AS d
    GROUP BY last_day(d.date)
    -- three in four days at least: what lies further apart is no state of things
    HAVING max(d.date) - arg_max(d.first_date, d.date) < 40
),
scored AS (
    SELECT
        w.period_end,
        w.rated_from,
        w.rated_to,
        t.source_id,
        t.target_id,
        CAST(sum(t.n) AS BIGINT) AS n_events_rated,
        100 * sum(CASE t.quad_schrodt WHEN 4 THEN t.n WHEN 3 THEN 0.5 * t.n ELSE 0 END) / sum(t.n) AS conflict_score,
        -- exact decimals: a sum of floats would depend on the order of the rows
        50 - 5 * CAST(sum(t.n * CAST(t.goldstein AS DECIMAL(18, 4))) AS DOUBLE) / sum(t.n) FILTER (t.goldstein IS NOT NULL)
            AS goldstein_score
    FROM windows AS w
    JOIN told AS t ON t.date BETWEEN w.rated_from AND w.rated_to
    GROUP BY ALL
),
worlds AS (
    -- all dyads of the month: what share of all conflict is that of one dyad says how much attention it draws
    SELECT period_end, CAST(sum(n_events) AS BIGINT) AS n_all
    FROM marts.dyad_month
    GROUP BY period_end
),
indexed AS (
    SELECT
        m.source_id,
        m.target_id,
        m.period_end,
        m.n_events,
        m.n_reports,
        m.conflict_share,
        coalesce(r.conflict_score, 100 * (m.n_material_conflict + 0.5 * m.n_verbal_conflict) / nullif(m.n_events, 0)) AS conflict_score,
        coalesce(r.goldstein_score, 50 - 5 * m.goldstein_mean) AS goldstein_score,
        (m.n_verbal_conflict + m.n_material_conflict) / nullif(w.n_all, 0) AS attention_share,
        CASE WHEN r.n_events_rated >= 10 THEN coalesce((r.conflict_score + r.goldstein_score) / 2, r.conflict_score) END AS tension,
        m.coverage_share * m.n_days / day(m.period_end) AS coverage_share,
        -- days of which no news is held say nothing: what the held ones show is spread over these alone
        CASE
            WHEN m.coverage_share * m.n_days / day(m.period_end) >= 0.75
                THEN (m.n_material_conflict + 0.5 * m.n_verbal_conflict) / (m.coverage_share * m.n_days)
        END AS intensity,
        r.rated_from,
        r.rated_to,
        r.n_events_rated
    FROM marts.dyad_month AS m
    JOIN worlds AS w ON w.period_end = m.period_end
    LEFT JOIN scored AS r ON r.source_id = m.source_id AND r.target_id = m.target_id AND r.period_end = m.period_end
),
means AS (
    -- in the order of the months: a sum of fractions hangs on its order in the last digit
    SELECT source_id, target_id, avg(tension ORDER BY period_end) AS tension, avg(intensity ORDER BY period_end) AS intensity
    FROM indexed
    GROUP BY source_id, target_id
)
SELECT
    i.source_id,
    i.target_id,
    i.period_end,
    i.n_events,
    i.n_reports,
    i.conflict_share,
    i.conflict_score,
    i.goldstein_score,
    i.attention_share,
    i.tension,
    100 * i.tension / nullif(m.tension, 0) AS tension_relative,
    i.coverage_share,
    i.intensity,
    100 * i.intensity / nullif(m.intensity, 0) AS intensity_relative,
    i.rated_from,
    i.rated_to,
    i.n_events_rated
FROM indexed AS i
JOIN means AS m USING (source_id, target_id)
ORDER BY i.source_id, i.target_id, i.period_end;
COMMENT ON TABLE marts.tension_index IS 'Tension of a directed dyad by calendar month, 0 (all cooperation) to 100 (all material conflict), by current knowledge: of the events of the last 30 days of which any event (or three quarters of a source''s slots) is available, up to the last such day of the month, where these lie within 40 days. The index is NULL, never 0, where they do not, or where the dyad has fewer than 10 events in them: then only its parts stand, of the month as far as known. It compares conflict with cooperation inside a dyad, so more coverage of a dyad does not raise it, and a war may have a lower one than a quarrel: intensity says how much conflict there is.';
COMMENT ON COLUMN marts.tension_index.source_id IS 'The state that acted.';
COMMENT ON COLUMN marts.tension_index.target_id IS 'The state to whom it was done.';
COMMENT ON COLUMN marts.tension_index.period_end IS 'Last day of the month.';
COMMENT ON COLUMN marts.tension_index.n_events IS 'Events of the month, as in marts.dyad_month.';
COMMENT ON COLUMN marts.tension_index.n_reports IS 'Reports of these events.';
COMMENT ON COLUMN marts.tension_index.conflict_share IS 'Share of verbal and material conflict in the events, 0 to 1; NULL where there is no event.';
COMMENT ON COLUMN marts.tension_index.conflict_score IS '100 x (material conflict + half of verbal conflict) / events, 0 to 100, of the days rated (of the month, where none are); NULL where there is no event.';
COMMENT ON COLUMN marts.tension_index.goldstein_score IS '50 - 5 x goldstein_mean: 0 where every event is worth +10, 100 where every one is worth -10; of the same days; NULL where no event has a value.';
COMMENT ON COLUMN marts.tension_index.attention_share IS 'Conflict events of the dyad in the events of all dyads of the month, 0 to 1: how much of the news this conflict is. The share that indices of newspapers are made of; it moves with what else happens.';
COMMENT ON COLUMN marts.tension_index.tension IS 'The index, 0 to 100: mean of conflict_score and goldstein_score (the former alone where no event has a Goldstein value). NULL without 30 days of events, or below 10 events of the dyad in them.';
COMMENT ON COLUMN marts.tension_index.tension_relative IS 'The index where 100 is the mean of the dyad over all months that have one.';
COMMENT ON COLUMN marts.tension_index.coverage_share IS 'Share of the news slots of the whole calendar month that are available, 0 to 1; days outside the calendar of the dyad count as 0; NULL where there are no data.';
COMMENT ON COLUMN marts.tension_index.intensity IS 'How much conflict there was: events of material conflict, those of verbal conflict at half, per day with news. It moves with the attention of the press; compare months of one dyad. NULL below a coverage of 0.75.';
COMMENT ON COLUMN marts.tension_index.intensity_relative IS 'The intensity where 100 is the mean of the dyad over all months that have one.';
COMMENT ON COLUMN marts.tension_index.rated_from IS 'First of the 30 days that are rated: it may lie in the month before. NULL where they do not lie within 40 days, or the dyad has no event in them.';
COMMENT ON COLUMN marts.tension_index.rated_to IS 'Last of them: the last day of the month of which any event, or three quarters of the slots, is available.';
COMMENT ON COLUMN marts.tension_index.n_events_rated IS 'Events of the dyad from rated_from to rated_to.';
