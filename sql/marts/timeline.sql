-- One dated fact on a pair of states, readable: an event, an official act, an article. The same words on one day are one row.
-- grain: source_id, target_id, date, date_precision, kind, headline
-- vocabularies: kind: event, sanction, act, article; date_precision: core.events.date_precision
CREATE TABLE marts.timeline AS
WITH states AS (
    SELECT actor_id, name FROM core.actors
),
facts AS (
    SELECT
        e.event_date AS date,
        e.date_precision,
        dyad_side(e.source_id, e.source_country_id) AS source_id,
        dyad_side(e.target_id, e.target_country_id) AS target_id,
        'event' AS kind,
        s.name || ' -> ' || t.name || ': ' || coalesce(c.description, 'CAMEO ' || e.cameo_code, 'PLOVER ' || e.plover_event) AS headline,
        e.goldstein AS magnitude,
        CAST(NULL AS VARCHAR) AS citation,
        e.url,
        e.known_from,
        e.n_reports,
        e.event_id AS fact_id
    FROM core.events AS e
    JOIN states AS s ON s.actor_id = dyad_side(e.source_id, e.source_country_id)
    JOIN states AS t ON t.actor_id = dyad_side(e.target_id, e.target_country_id)
    LEFT JOIN core.cameo_codes AS c USING (cameo_code)
    WHERE dyad_side(e.source_id, e.source_country_id) <> dyad_side(e.target_id, e.target_country_id)
        AND e.event_date IS NOT NULL
        AND e.event_date <= CAST(e.known_from AS DATE) + 1
        AND e.modality IN ('past', 'ongoing')
    UNION ALL
    SELECT
        e.event_date,
        'day',
        d.source_id,
        d.target_id,
        'sanction',
        CASE e.kind
            WHEN 'added' THEN 'Added to the '
            WHEN 'removed' THEN 'Removed from the '
            WHEN 'reissued' THEN 'Re-issued on the '
            WHEN 'modified' THEN 'Changed on the '
            WHEN 'program_added' THEN 'Program added on the '
            WHEN 'program_removed' THEN 'Program removed on the '
            WHEN 'suspended' THEN 'Suspended on the '
            ELSE 'Resumed on the '
        END
            || regexp_replace(l.name, ' *\(.*\)$', '')
            || ': '
            || e.name
            || CASE WHEN e.kind IN ('program_added', 'program_removed') THEN coalesce(' (' || e.detail || ')', '') ELSE '' END,
        NULL,
        e.citation,
        e.url,
        -- the act may be known before the party's state is
        greatest(e.known_at, d.country_known_from),
        1,
        e.event_id
    FROM core.sanction_events AS e
    JOIN core.sanction_lists AS l USING (list_id)
    JOIN (
        SELECT listing_id, source_id, target_id, valid_from, valid_to, min(country_known_from) AS country_known_from
        FROM marts.listing_dyads
        WHERE source_id <> target_id
        GROUP BY ALL
    ) AS d USING (listing_id)
    LEFT JOIN other_periods('marts.listing_dyads', end_of_time()) AS o ON o.event_id = e.event_id
        AND o.valid_from IS NOT DISTINCT FROM d.valid_from
        AND o.valid_to IS NOT DISTINCT FROM d.valid_to
    WHERE o.event_id IS NULL
    UNION ALL
    -- what lists alone show is there party by party
    SELECT
        a.date,
        'day',
        d.source_id,
        d.target_id,
        'act',
        a.title,
        NULL,
        a.citation,
        a.url,
        a.known_from,
        1,
        a.act_id
    FROM core.official_acts AS a
    JOIN marts.official_act_dyads AS d ON d.act_id = a.act_id
    WHERE a.origin <> 'listings'
    UNION ALL
    SELECT
        CAST(a.published_at AS DATE),
        'day',
        x.country_id,
        y.country_id,
        'article',
        coalesce(a.title, a.url, a.article_id),
        NULL,
        a.outlet,
        a.url,
        a.known_from,
        1,
        a.article_id
    FROM core.articles AS a
    JOIN (SELECT DISTINCT article_id, country_id FROM core.mentions) AS x USING (article_id)
    JOIN (SELECT DISTINCT article_id, country_id FROM core.mentions) AS y USING (article_id)
    WHERE x.country_id < y.country_id AND a.published_at IS NOT NULL AND a.published_precision <> 'unknown'
)
SELECT
    date,
    source_id,
    target_id,
    kind,
    headline,
    arg_min(magnitude, {'known_from': known_from, 'fact_id': fact_id}) AS magnitude,
    arg_min(citation, {'known_from': known_from, 'fact_id': fact_id}) AS citation,
    arg_min(url, {'known_from': known_from, 'fact_id': fact_id}) AS url,
    min(known_from) AS known_from,
    date_precision,
    count(*) AS n_facts,
    CAST(sum(n_reports) AS BIGINT) AS n_reports,
    arg_min(fact_id, {'known_from': known_from, 'fact_id': fact_id}) AS fact_id
FROM facts
GROUP BY date, date_precision, source_id, target_id, kind, headline
ORDER BY source_id, target_id, date, known_from, kind, headline, date_precision;
COMMENT ON TABLE marts.timeline IS 'Every dated fact on a pair of states in one readable list, by current knowledge; filter by known_from for what was known on a day. Facts with the same words on one day are one row (n_facts). ARTICLES HAVE NO DIRECTION: an article that names both states stands once, with source_id before target_id in the alphabet. Articles and events without a date are not here, nor those of GDELT of which days alone are kept (core.event_days).';
COMMENT ON COLUMN marts.timeline.date IS 'Day of the event, of the act (authority''s time zone) or of the publication (UTC).';
COMMENT ON COLUMN marts.timeline.source_id IS 'The state that acted; of an article the first of the two in the alphabet.';
COMMENT ON COLUMN marts.timeline.target_id IS 'The state to whom it was done; of an article the second of the two.';
COMMENT ON COLUMN marts.timeline.kind IS 'event (coded from news), sanction (what was done to one listed party), act (core.official_acts, but for what lists alone show), article.';
COMMENT ON COLUMN marts.timeline.headline IS 'What happened, in words; of an article its title.';
COMMENT ON COLUMN marts.timeline.magnitude IS 'Goldstein value of an event, -10 (conflict) to 10 (cooperation); NULL for acts and articles.';
COMMENT ON COLUMN marts.timeline.citation IS 'Official citation of an act, outlet of an article; NULL where there is none.';
COMMENT ON COLUMN marts.timeline.url IS 'Where to read it; NULL where unknown.';
COMMENT ON COLUMN marts.timeline.known_from IS 'When a reader could first know of it, UTC.';
COMMENT ON COLUMN marts.timeline.date_precision IS 'How exact date is: a month or a year is written as its first day.';
COMMENT ON COLUMN marts.timeline.n_facts IS 'Rows of core.events, core.sanction_events, core.official_acts or core.articles behind this row.';
COMMENT ON COLUMN marts.timeline.n_reports IS 'Articles behind this row by the origin''s count; acts count 1 each.';
COMMENT ON COLUMN marts.timeline.fact_id IS 'The one known first of them: event_id in core.events or core.sanction_events, act_id or article_id.';
