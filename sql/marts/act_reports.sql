-- An event in the news and the official act that its sentence speaks of: same dyad and direction, same sort, and named by its words.
-- grain: event_id, act_id
-- vocabularies: named_by: party, topic, list, program, only
CREATE TABLE marts.act_reports AS
WITH act_spans AS (
    -- an act is reported when it is announced (where that is not known, signed or published) and when it comes into force; one that a comparison of editions shows may have been
    -- done on any day since the edition before. Some authorities announce before they publish
    SELECT
        a.act_id,
        a.sort,
        a.effect,
        unnest(
            list_distinct([
                {'first_day': coalesce(a.date_earliest, a.date), 'last_day': a.date},
                {'first_day': f.day, 'last_day': f.day},
                {'first_day': coalesce(a.date_in_force, f.day), 'last_day': coalesce(a.date_in_force, f.day)}
            ])
        ) AS span,
        CASE WHEN a.authority_id IN ('USA.BIS', 'USA.USTR') THEN 7 ELSE 1 END AS n_days_before
    FROM core.official_acts AS a
    CROSS JOIN LATERAL (SELECT coalesce(a.date_announced, a.date_signed, a.date_published, a.date) AS day) AS f
    -- where editions lie more than a week apart, nobody knows of which day news would be
    WHERE (a.effect IS NOT NULL OR a.sort = 'listing') AND coalesce(a.date - a.date_earliest, 0) <= 7
),
act_days AS (
    -- laid out day by day, so that events find them by equal days, however many there are
    SELECT
        k.*,
        d.source_id,
        d.target_id,
        k.span.first_day
        + CAST(unnest(range(-k.n_days_before, CAST(k.span.last_day - k.span.first_day AS INTEGER) + 8)) AS INTEGER) AS date
    FROM act_spans AS k
    JOIN marts.official_act_dyads AS d ON d.act_id = k.act_id
),
pairs AS (
    SELECT
        e.event_id,
        e.event_ids,
        e.date AS event_date,
        e.source_id,
        e.target_id,
        e.cameo_code,
        e.n_reports,
        e.first_seen,
        k.act_id,
        k.sort,
        k.n_days_before,
        e.date < k.span.last_day AND e.date >= k.span.first_day AS is_before_edition,
        CAST(e.date - greatest(k.span.first_day, least(e.date, k.span.last_day)) AS INTEGER) AS lag_days
    FROM marts.events_one_a_day AS e
    JOIN act_days AS k ON k.source_id = e.source_id AND k.target_id = e.target_id AND k.date = e.date
    WHERE regexp_matches(
        e.cameo_code,
        CASE
            WHEN k.sort = 'prosecution' THEN '^(173|115)'
            WHEN k.sort = 'dialogue' AND k.effect = 'cooperation' THEN '^04'
            WHEN k.sort = 'agreement' THEN '^(04|057|0354|08)'
            WHEN k.effect = 'eased' THEN '^(08|0354)'
            ELSE '^(16|172)'
        END
    )
    -- of the days of an act the nearest
    QUALIFY row_number() OVER (PARTITION BY e.event_id, k.act_id ORDER BY abs(lag_days), lag_days DESC) = 1
),
texts AS (
    -- all sentences that tell of the event; where none is held, the words of the address of its report
    SELECT
        p.event_id,
        plain_text(string_agg(DISTINCT coalesce(e.evidence, a.title, regexp_replace(e.url, '^https?://[^/]*/', '')), ' . ')) AS words
    FROM (SELECT DISTINCT event_id, unnest(event_ids) AS row_id FROM pairs) AS p
    JOIN core.events AS e ON e.event_id = p.row_id
    LEFT JOIN core.articles AS a ON a.article_id = e.article_id
    GROUP BY p.event_id
),
named_terms AS (
    SELECT p.event_id, p.act_id, t.kind, list(t.term ORDER BY t.term) AS terms
    FROM pairs AS p
    JOIN texts AS x ON x.event_id = p.event_id
    JOIN core.official_act_terms AS t ON t.act_id = p.act_id
    WHERE names_term(x.words, t.term)
    GROUP BY ALL
),
parties AS (
    -- the distinctive beginning of a name (huawei technologies); of a person the surname, right after the word for what was done
    SELECT DISTINCT
        c.act_id,
        c.event_id AS sanction_event_id,
        n.name,
        CASE
            WHEN l.party_type = 'person' AND contains(n.name, ',')
                THEN '(sanction|blacklist|designat)\w* (on |against )?(\w+ )?' || trim(plain_text(split_part(n.name, ',', 1))) || ' '
            ELSE ' ' || array_to_string(
                list_filter(string_split(trim(plain_text(n.name)), ' ')[:6], lambda word: list_contains(n.words, word))[:2], ' '
            ) || ' '
        END AS opening
    FROM core.official_act_events AS c
    JOIN marts.party_names AS n ON n.listing_id = c.listing_id AND n.quality = 'strong'
    JOIN (SELECT DISTINCT listing_id, party_type FROM core.sanction_listings) AS l ON l.listing_id = c.listing_id
    WHERE c.act_id IN (SELECT p.act_id FROM pairs AS p) AND len(n.words) > 0
),
named_parties AS (
    SELECT p.event_id, p.act_id, min(q.sanction_event_id) AS sanction_event_id, min(q.name) AS party
    FROM pairs AS p
    JOIN texts AS x ON x.event_id = p.event_id
    JOIN parties AS q ON q.act_id = p.act_id
        AND CASE WHEN starts_with(q.opening, '(') THEN regexp_matches(x.words, q.opening) ELSE contains(x.words, q.opening) END
    WHERE length(q.opening) >= 7
    GROUP BY p.event_id, p.act_id
),
fitting AS (
    -- acts on parties or goods, with a word for their sort of measure in the sentence, between the two in the days around
    SELECT p.*, count(*) FILTER (p.sort NOT IN ('dialogue', 'agreement')) OVER (PARTITION BY p.event_id) AS n_fitting
    FROM pairs AS p
    JOIN named_terms AS t ON t.event_id = p.event_id AND t.act_id = p.act_id AND t.kind = 'measure'
),
named AS (
    SELECT
        p.*,
        n.party,
        n.sanction_event_id,
        topic.terms AS topics,
        list.terms AS lists,
        program.terms AS programs,
        authority.terms AS authorities,
        measure.terms AS measures,
        CASE
            WHEN n.party IS NOT NULL THEN 'party'
            WHEN topic.terms IS NOT NULL THEN 'topic'
            WHEN list.terms IS NOT NULL THEN 'list'
            WHEN program.terms IS NOT NULL THEN 'program'
            WHEN p.lag_days IN (0, 1) AND p.n_fitting = 1 THEN 'only'
            WHEN authority.terms IS NOT NULL THEN 'authority'
            ELSE 'measure'
        END AS named_by
    FROM fitting AS p
    JOIN named_terms AS measure ON measure.event_id = p.event_id AND measure.act_id = p.act_id AND measure.kind = 'measure'
    LEFT JOIN named_parties AS n ON n.event_id = p.event_id AND n.act_id = p.act_id
    LEFT JOIN named_terms AS topic ON topic.event_id = p.event_id AND topic.act_id = p.act_id AND topic.kind = 'topic'
    LEFT JOIN named_terms AS list ON list.event_id = p.event_id AND list.act_id = p.act_id AND list.kind = 'list'
    LEFT JOIN named_terms AS program ON program.event_id = p.event_id AND program.act_id = p.act_id AND program.kind = 'program'
    LEFT JOIN named_terms AS authority
        ON authority.event_id = p.event_id AND authority.act_id = p.act_id AND authority.kind = 'authority'
),
weighed AS (
    -- what is named weighs, less for each day between; more for a day before the act, unless its authority announces ahead.
    -- The weights were set on labelled pairs (benchmarks/corroborations.py)
    SELECT
        n.*,
        w.weight
            - CASE WHEN n.lag_days < 0 AND n.n_days_before = 1 THEN 0.25 ELSE 0.07 END * abs(n.lag_days)
            -- an edition that came after the event may show another act than the one reported
            - CASE WHEN n.is_before_edition THEN 0.25 ELSE 0 END AS weight
    FROM named AS n
    JOIN (
        VALUES ('party', 0.97), ('topic', 0.95), ('list', 0.85), ('program', 0.8), ('only', 0.7), ('authority', 0.5), ('measure', 0.2)
    ) AS w (named_by, weight) ON w.named_by = n.named_by
),
best AS (
    -- an event speaks of one act
    SELECT w.*
    FROM weighed AS w
    QUALIFY row_number() OVER (PARTITION BY w.event_id ORDER BY w.weight DESC, abs(w.lag_days), w.act_id) = 1
),
representatives AS (
    SELECT c.act_id, d.source_id, d.target_id, min(c.event_id) AS sanction_event_id
    FROM core.official_act_events AS c
    JOIN marts.listing_dyads AS d ON d.listing_id = c.listing_id
    WHERE c.act_id IN (SELECT b.act_id FROM best AS b)
    GROUP BY ALL
)
SELECT
    b.event_id,
    b.act_id,
    coalesce(b.sanction_event_id, r.sanction_event_id) AS sanction_event_id,
    b.source_id,
    b.target_id,
    b.event_date,
    b.lag_days,
    b.named_by,
    CAST(b.weight AS DOUBLE) AS score,
    concat_ws(
        '; ',
        'names the party ' || b.party,
        'speaks of ' || array_to_string(b.topics, ', '),
        'names the list: ' || array_to_string(b.lists, ', '),
        'names the program: ' || array_to_string(b.programs, ', '),
        'names the authority: ' || array_to_string(b.authorities, ', '),
        'tells of a measure of its sort: ' || array_to_string(b.measures, ', '),
        CASE
            WHEN b.lag_days = 0 THEN 'on the day of the act'
            ELSE abs(b.lag_days) || CASE WHEN abs(b.lag_days) = 1 THEN ' day ' ELSE ' days ' END
                || CASE WHEN b.lag_days < 0 THEN 'before the act' ELSE 'after the act' END
        END
    ) AS reasons,
    b.n_reports,
    b.first_seen
FROM best AS b
LEFT JOIN representatives AS r ON r.act_id = b.act_id AND r.source_id = b.source_id AND r.target_id = b.target_id
WHERE b.weight >= 0.6
ORDER BY b.source_id, b.target_id, b.event_date, b.event_id;
COMMENT ON TABLE marts.act_reports IS 'Events coded from news and the official act of the same dyad and direction that the sentence of each speaks of, by current knowledge. A sentence must hold a word for the act''s sort of measure and name it (a party that it lists, what it is about, its list or its program), or the act must be the only one between the two within a week that fits. It lies at most 7 days after the act and one before it (7 before a rule of BIS or USTR, which are announced ahead). An event has one act; several events may tell of one (marts.corroborations). May be empty.';
COMMENT ON COLUMN marts.act_reports.event_id IS 'The event, in marts.events_one_a_day and core.events.';
COMMENT ON COLUMN marts.act_reports.act_id IS 'The act, in core.official_acts.';
COMMENT ON COLUMN marts.act_reports.sanction_event_id IS 'Of an act on listed parties the change of the party named, else one of its changes, in core.sanction_events; NULL where there are no data.';
COMMENT ON COLUMN marts.act_reports.source_id IS 'The state that acted.';
COMMENT ON COLUMN marts.act_reports.target_id IS 'The state to whom it was done.';
COMMENT ON COLUMN marts.act_reports.event_date IS 'Day of the event.';
COMMENT ON COLUMN marts.act_reports.lag_days IS 'Days from the nearest day of the act (published, in force) to the event: negative where the news dates it before.';
COMMENT ON COLUMN marts.act_reports.named_by IS 'The strongest of what the sentence names: party, topic (rate, goods, place, people), list or program; only: it names none, and no other act fits.';
COMMENT ON COLUMN marts.act_reports.score IS '0 to 1: what is named, less for the days between and for a list whose edition came after the event. Set on labelled pairs; 0.6 is the least that is given.';
COMMENT ON COLUMN marts.act_reports.reasons IS 'Why, in words.';
COMMENT ON COLUMN marts.act_reports.n_reports IS 'Reports of the event, by the origins.';
COMMENT ON COLUMN marts.act_reports.first_seen IS 'When the event was first known, UTC.';
