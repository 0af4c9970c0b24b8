-- An event in the news that tells of a measure, where the acts of that sort are complete and none fits.
-- grain: event_id
-- vocabularies: sort: core.official_acts.sort
CREATE TABLE marts.news_without_act AS
WITH complete AS (
    SELECT c.*, s.target_ids, state_of(n) AS source_id
    FROM core.official_act_coverage AS c
    JOIN core.actors AS n ON n.actor_id = c.authority_id
    LEFT JOIN core.sanction_lists AS s ON s.list_id = c.list_id
    WHERE c.is_complete AND c.subject IS NULL AND c.sort IN ('tariff', 'listing', 'delisting')
),
lists_held AS (
    SELECT DISTINCT state_of(n) AS source_id, c.list_id, s.target_ids
    FROM core.official_act_coverage AS c
    JOIN core.actors AS n ON n.actor_id = c.authority_id
    JOIN core.sanction_lists AS s ON s.list_id = c.list_id
),
list_terms AS (
    SELECT DISTINCT a.list_id, t.term
    FROM core.official_acts AS a
    JOIN core.official_act_terms AS t ON t.act_id = a.act_id
    WHERE t.kind = 'list'
),
measures AS (
    SELECT
        e.event_id,
        e.event_ids,
        e.source_id,
        e.target_id,
        e.date,
        e.cameo_code,
        e.n_reports,
        c.sort,
        c.authority_id,
        c.list_id,
        c.basis,
        count(DISTINCT c.list_id) OVER (PARTITION BY e.event_id, c.sort) AS n_lists
    FROM marts.events_one_a_day AS e
    JOIN complete AS c
        ON c.source_id = e.source_id
        AND (c.state_id IS NULL OR c.state_id = e.target_id)
        AND (c.target_ids IS NULL OR list_contains(c.target_ids, e.target_id))
        -- an act may lie a week before its news
        AND c.covered_from <= e.date - 7
        AND c.covered_until >= e.date + 1
    WHERE regexp_matches(e.cameo_code, '^(163|172|085|081)')
        AND e.source_id <> e.target_id
        AND NOT EXISTS (FROM marts.act_reports AS r WHERE r.event_id = e.event_id)
),
texts AS (
    SELECT
        m.event_id,
        plain_text(string_agg(DISTINCT coalesce(e.evidence, a.title, regexp_replace(e.url, '^https?://[^/]*/', '')), ' . ')) AS words
    FROM (SELECT DISTINCT event_id, unnest(event_ids) AS row_id FROM measures) AS m
    JOIN core.events AS e ON e.event_id = m.row_id
    LEFT JOIN core.articles AS a ON a.article_id = e.article_id
    GROUP BY m.event_id
)
SELECT DISTINCT ON (m.event_id)
    m.event_id,
    m.source_id,
    m.target_id,
    m.date,
    m.sort,
    m.authority_id,
    m.list_id,
    m.basis,
    m.n_reports
FROM measures AS m
JOIN texts AS x ON x.event_id = m.event_id
-- the sort of measure that the sentence names; one that names none, or two, is left out
WHERE m.sort = CASE
        WHEN names_term(x.words, 'tariff') AND NOT names_term(x.words, 'sanction') THEN 'tariff'
        WHEN names_term(x.words, 'sanction') AND NOT names_term(x.words, 'tariff')
            THEN CASE WHEN starts_with(m.cameo_code, '08') THEN 'delisting' ELSE 'listing' END
    END
    -- what one list does not show, another may: all that can name the target are covered, or the sentence names this one
    AND (
        m.list_id IS NULL
        OR m.n_lists = (
            SELECT count(*)
            FROM lists_held AS h
            WHERE h.source_id = m.source_id AND (h.target_ids IS NULL OR list_contains(h.target_ids, m.target_id))
        )
        OR EXISTS (FROM list_terms AS t WHERE t.list_id = m.list_id AND names_term(x.words, t.term))
    )
ORDER BY m.event_id, m.authority_id, m.list_id;
COMMENT ON TABLE marts.news_without_act IS 'Events that tell of sanctions or tariffs and with which no act fits, by current knowledge, only on days over which the acts of that sort are complete (core.official_act_coverage); of listings over all lists of the state that can name the target, or over the list that the sentence names. News that repeats older measures, speaks of plans or was misread stands here too. May be empty.';
COMMENT ON COLUMN marts.news_without_act.event_id IS 'The event, in core.events.';
COMMENT ON COLUMN marts.news_without_act.source_id IS 'The state that is said to have acted.';
COMMENT ON COLUMN marts.news_without_act.target_id IS 'The state to whom it is said to have been done.';
COMMENT ON COLUMN marts.news_without_act.date IS 'Day of the event.';
COMMENT ON COLUMN marts.news_without_act.sort IS 'Sort of act that its sentence names: tariff, listing or delisting.';
COMMENT ON COLUMN marts.news_without_act.authority_id IS 'The authority whose acts are complete.';
COMMENT ON COLUMN marts.news_without_act.list_id IS 'The list of that authority; NULL where its acts change none.';
COMMENT ON COLUMN marts.news_without_act.basis IS 'Why its acts count as complete.';
COMMENT ON COLUMN marts.news_without_act.n_reports IS 'Reports of the event, by the origins.';
