-- An official act on a pair of states that no event in the news reports, though there is news of these days.
-- grain: act_id, source_id, target_id
-- vocabularies: sort: core.official_acts.sort; basis: all slots, events of the pair
CREATE TABLE marts.acts_without_news AS
WITH told_days AS (
    -- a day on which anything is reported of the two states; an event without a day counts nowhere
    SELECT least(e.source_id, e.target_id) AS low_id, greatest(e.source_id, e.target_id) AS high_id, e.date, count(*) AS n_events
    FROM marts.events_one_a_day AS e
    WHERE e.source_id <> e.target_id
    GROUP BY ALL
),
counted_days AS (
    -- where single events are not kept, nobody can say that none of them tells of the act
    SELECT DISTINCT least(e.source_id, e.target_id) AS low_id, greatest(e.source_id, e.target_id) AS high_id, e.date
    FROM marts.event_counts AS e
    WHERE e.source_id <> e.target_id
),
days AS (
    -- the day of the act and the three after it; of an act that comparison dates only where no day is in doubt
    SELECT d.act_id, d.source_id, d.target_id, a.date + CAST(unnest(range(4)) AS INTEGER) AS date
    FROM marts.official_act_dyads AS d
    JOIN core.official_acts AS a ON a.act_id = d.act_id
    WHERE a.effect IS NOT NULL AND d.basis <> 'named' AND coalesce(a.date - a.date_earliest, 0) <= 1
),
whole_days AS (
    SELECT d.act_id, d.source_id, d.target_id, d.date
    FROM days AS d
    JOIN core.news_coverage AS n ON n.date = d.date AND n.covers = 'events' AND n.coverage_share >= 1
    UNION
    SELECT d.act_id, d.source_id, d.target_id, d.date
    FROM days AS d
    JOIN core.news_pair_coverage AS p
        ON p.low_id = least(d.source_id, d.target_id) AND p.high_id = greatest(d.source_id, d.target_id) AND p.date = d.date
),
counted AS (
    SELECT
        d.act_id,
        d.source_id,
        d.target_id,
        CAST(coalesce(sum(t.n_events), 0) AS BIGINT) AS n_events,
        count(t.date) AS n_days_told,
        count(w.date) AS n_days_whole,
        count(k.date) AS n_days_counted
    FROM days AS d
    LEFT JOIN told_days AS t
        ON t.low_id = least(d.source_id, d.target_id) AND t.high_id = greatest(d.source_id, d.target_id) AND t.date = d.date
    LEFT JOIN counted_days AS k
        ON k.low_id = least(d.source_id, d.target_id) AND k.high_id = greatest(d.source_id, d.target_id) AND k.date = d.date
    LEFT JOIN whole_days AS w
        ON w.act_id = d.act_id AND w.source_id = d.source_id AND w.target_id = d.target_id AND w.date = d.date
    GROUP BY d.act_id, d.source_id, d.target_id
)
SELECT
    c.act_id,
    c.source_id,
    c.target_id,
    a.date,
    a.sort,
    a.title,
    a.n_parties,
    CASE WHEN c.n_days_whole = 4 THEN 'all slots' ELSE 'events of the pair' END AS basis,
    c.n_events,
    c.n_days_told
FROM counted AS c
JOIN core.official_acts AS a ON a.act_id = c.act_id
WHERE (c.n_days_whole = 4 OR c.n_days_told >= 3)
    AND c.n_days_counted = 0
    AND NOT EXISTS (FROM marts.act_reports AS r WHERE r.act_id = c.act_id)
ORDER BY c.source_id, c.target_id, a.date, c.act_id;
COMMENT ON TABLE marts.acts_without_news IS 'Official acts that no event reports, by current knowledge. Only acts whose day and the three days after it are days of news: every slot of them is available, or there are events of the two states on at least three of them. It is a statement about the news here, not about all news: see basis, n_events and n_days_told. May be empty.';
COMMENT ON COLUMN marts.acts_without_news.act_id IS 'The act, in core.official_acts.';
COMMENT ON COLUMN marts.acts_without_news.source_id IS 'The state that acted.';
COMMENT ON COLUMN marts.acts_without_news.target_id IS 'The other state.';
COMMENT ON COLUMN marts.acts_without_news.date IS 'Day of the act, in the authority''s time zone.';
COMMENT ON COLUMN marts.acts_without_news.sort IS 'Sort of act.';
COMMENT ON COLUMN marts.acts_without_news.title IS 'What was done.';
COMMENT ON COLUMN marts.acts_without_news.n_parties IS 'Parties that it names; NULL where not known.';
COMMENT ON COLUMN marts.acts_without_news.basis IS 'all slots: every slot of news of the four days is available, of all states or of these two. events of the pair: the news reports on the two states on at least three of the four days.';
COMMENT ON COLUMN marts.acts_without_news.n_events IS 'Events between the two states on the four days, in both directions; none of them speaks of the act.';
COMMENT ON COLUMN marts.acts_without_news.n_days_told IS 'Of the four days those with such an event.';
