-- How tense one state was towards another in a calendar month: conflict against cooperation among the events of the dyad.
-- grain: source_id, target_id, period_end
CREATE TABLE marts.tension_index AS
WITH worlds AS (
    -- all dyads of the month: what share of all conflict is that of one dyad says how much attention it draws
    SELECT period_end, CAST(sum(n_events) AS BIGINT) AS n_all
    FROM marts.dyad_month
    GROUP BY period_end
),
rated AS (
    SELECT
        m.source_id,
        m.target_id,
        m.period_end,
        m.n_events,
        m.n_reports,
        m.conflict_share,
        100 * (m.n_material_conflict + 0.5 * m.n_verbal_conflict) / nullif(m.n_events, 0) AS conflict_score,
        50 - 5 * m.goldstein_mean AS goldstein_score,
        (m.n_verbal_conflict + m.n_material_conflict) / nullif(w.n_all, 0) AS attention_share,
        m.coverage_share * m.n_days / day(m.period_end) AS coverage_share,
        -- days of which no news is held say nothing: what the held ones show is spread over these alone
        (m.n_material_conflict + 0.5 * m.n_verbal_conflict) / nullif(m.coverage_share * m.n_days, 0) AS conflict_per_day
    FROM marts.dyad_month AS m
    JOIN worlds AS w ON w.period_end = m.period_end
),
indexed AS (
    SELECT
        r.*,
        CASE
            WHEN r.coverage_share >= 0.75 AND r.n_events >= 10
                THEN coalesce((r.conflict_score + r.goldstein_score) / 2, r.conflict_score)
        END AS tension,
        CASE WHEN r.coverage_share >= 0.75 THEN r.conflict_per_day END AS intensity
    FROM rated AS r
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
    100 * i.intensity / nullif(m.intensity, 0) AS intensity_relative
FROM indexed AS i
JOIN means AS m USING (source_id, target_id)
ORDER BY i.source_id, i.target_id, i.period_end;
COMMENT ON TABLE marts.tension_index IS 'Tension of a directed dyad by calendar month, 0 (all cooperation) to 100 (all material conflict), by current knowledge. The index is NULL, never 0, where less than three quarters of the month''s news slots are held or fewer than 10 events are known: then only its parts stand, as far as held. It compares conflict with cooperation inside a dyad, so more coverage of a dyad does not raise it, and a war may have a lower one than a quarrel: intensity says how much conflict there is.';
COMMENT ON COLUMN marts.tension_index.source_id IS 'The state that acted.';
COMMENT ON COLUMN marts.tension_index.target_id IS 'The state to whom it was done.';
COMMENT ON COLUMN marts.tension_index.period_end IS 'Last day of the month.';
COMMENT ON COLUMN marts.tension_index.n_events IS 'Events of the month, as in marts.dyad_month.';
COMMENT ON COLUMN marts.tension_index.n_reports IS 'Reports of these events.';
COMMENT ON COLUMN marts.tension_index.conflict_share IS 'Share of verbal and material conflict in the events, 0 to 1; NULL where there is no event.';
COMMENT ON COLUMN marts.tension_index.conflict_score IS '100 x (material conflict + half of verbal conflict) / events, 0 to 100; NULL where there is no event.';
COMMENT ON COLUMN marts.tension_index.goldstein_score IS '50 - 5 x goldstein_mean: 0 where every event is worth +10, 100 where every one is worth -10; NULL where no event has a value.';
COMMENT ON COLUMN marts.tension_index.attention_share IS 'Conflict events of the dyad in the events of all dyads of the month, 0 to 1: how much of the news this conflict is. The share that indices of newspapers are made of; it moves with what else happens.';
COMMENT ON COLUMN marts.tension_index.tension IS 'The index, 0 to 100: mean of conflict_score and goldstein_score (the former alone where no event has a Goldstein value). NULL below a coverage of 0.75 or 10 events.';
COMMENT ON COLUMN marts.tension_index.tension_relative IS 'The index where 100 is the mean of the dyad over all months that have one.';
COMMENT ON COLUMN marts.tension_index.coverage_share IS 'Share of the news slots of the whole calendar month that are held, 0 to 1; days outside the calendar of the dyad count as 0; NULL where none is held.';
COMMENT ON COLUMN marts.tension_index.intensity IS 'How much conflict there was: events of material conflict, those of verbal conflict at half, per day whose news is held. It moves with the attention of the press; compare months of one dyad. NULL below a coverage of 0.75.';
COMMENT ON COLUMN marts.tension_index.intensity_relative IS 'The intensity where 100 is the mean of the dyad over all months that have one.';
