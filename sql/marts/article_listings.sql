-- An article that names a listed party, and whether the party was listed on the day it appeared.
-- grain: article_id, listing_id, valid_from, valid_to
CREATE TABLE marts.article_listings AS
WITH readings AS (
    -- a person is listed as LAST, First and written as First Last
    SELECT
        p.listing_id,
        p.name,
        l.party_type,
        plain_text(CASE
            WHEN l.party_type = 'person' AND contains(p.name, ',')
                THEN regexp_replace(p.name, '^([^,]+),\s*(.+)$', '\2 \1')
            ELSE p.name
        END) AS words,
        p.words AS distinctive
    FROM marts.party_names AS p
    JOIN (SELECT DISTINCT listing_id, party_type FROM core.sanction_listings) AS l ON l.listing_id = p.listing_id
    WHERE p.quality = 'strong' AND p.kind <> 'fka'
),
shorter AS (
    -- newspapers leave out the legal form at the end
    SELECT
        r.listing_id,
        r.name,
        r.party_type,
        regexp_replace(
            r.words,
            '( (co|company|corp|corporation|inc|incorporated|limited|ltd|llc|llp|plc|gmbh|ag|sa|ooo|jsc|pjsc|ojsc|pte|pty))+ $', ' '
        ) AS words,
        r.words AS with_form,
        r.distinctive
    FROM readings AS r
    WHERE len(r.distinctive) >= 2
),
stateless AS (
    -- and the state
    SELECT
        s.listing_id,
        s.name,
        s.party_type,
        s.words,
        s.with_form,
        s.distinctive,
        regexp_replace(
            s.words, ' of (the )?(people s republic of )?(china|iran|russia|the russian federation|north korea) $', ' '
        ) AS without_state
    FROM shorter AS s
),
weighed AS (
    -- what is left must tell the name from those of bodies of other states
    SELECT
        s.listing_id,
        s.name,
        s.words AS with_state,
        s.with_form,
        s.without_state,
        s.party_type = 'person'
        OR len(list_filter(left_over, lambda word: NOT is_generic_word(word) AND length(word) >= 3)) > 0
        OR len(left_over) >= 5 AS is_distinctive
    FROM (
        SELECT
            t.*,
            CASE
                WHEN t.words = t.without_state THEN t.distinctive
                ELSE list_filter(
                    t.distinctive,
                    lambda word: word NOT IN ('people', 's', 'republic', 'china', 'iran', 'russia', 'russian', 'federation', 'north', 'korea')
                )
            END AS left_over
        FROM stateless AS t
    ) AS s
),
states AS (
    SELECT DISTINCT d.listing_id, d.target_id AS state_id
    FROM marts.listing_dyads AS d
    WHERE d.target_id IS NOT NULL
),
state_words AS (
    SELECT DISTINCT a.actor_id AS state_id, trim(plain_text(a.alias)) AS word
    FROM core.actor_aliases AS a
    JOIN core.actors AS s ON s.actor_id = a.actor_id AND s.kind = 'state'
    WHERE a.scheme IN ('surface', 'country_name') AND regexp_full_match(a.alias, '[\x20-\x7E]{4,}')
),
wordings AS (
    SELECT
        w.listing_id,
        w.name,
        w.without_state AS words,
        CASE WHEN w.with_form <> w.with_state THEN w.with_form END AS with_form,
        false AS keeps_state
    FROM weighed AS w
    WHERE w.is_distinctive
    UNION ALL
    SELECT w.listing_id, w.name, w.with_state, NULL, true
    FROM weighed AS w
    WHERE NOT w.is_distinctive AND w.with_state <> w.without_state
    UNION ALL
    -- a name of words that the bodies of many states share keeps its state: Chinese Ministry of ..., Ministry of ... of China
    SELECT w.listing_id, w.name, unnest([
        ' ' || v.word || w.without_state,
        ' ' || v.word || ' s' || w.without_state,
        w.without_state || 'of ' || v.word || ' ',
        w.without_state || 'of the ' || v.word || ' '
    ]), NULL, true
    FROM weighed AS w
    JOIN states AS s ON s.listing_id = w.listing_id
    JOIN state_words AS v ON v.state_id = s.state_id
    WHERE NOT w.is_distinctive
),
names AS (
    -- one word, or two short ones, mean other things in texts too
    SELECT DISTINCT
        s.listing_id, s.name, s.words, s.with_form, s.keeps_state,
        split_part(s.words, ' ', 2) AS first_word, split_part(s.words, ' ', 3) AS second_word
    FROM wordings AS s
    WHERE length(s.words) >= 12 AND split_part(s.words, ' ', 3) <> ''
),
texts AS (
    SELECT
        a.article_id,
        a.published_at,
        a.known_from,
        coalesce(a.title, '') || chr(10) || coalesce(a.text, '') AS whole,
        plain_text(coalesce(a.title, '') || chr(10) || coalesce(a.text, '')) AS words
    FROM core.articles AS a
),
openings AS (
    SELECT DISTINCT w.article_id, w.list[i] AS first_word, w.list[i + 1] AS second_word
    FROM (SELECT t.article_id, string_split(trim(t.words), ' ') AS list FROM texts AS t) AS w
    CROSS JOIN LATERAL (SELECT unnest(range(1, len(w.list))) AS i)
),
named AS (
    SELECT
        t.article_id, t.published_at, t.known_from, t.whole, n.listing_id, n.name, n.words, n.keeps_state,
        coalesce(contains(t.words, n.with_form), false) AS has_form
    FROM openings AS o
    JOIN names AS n ON n.first_word = o.first_word AND n.second_word = o.second_word
    JOIN texts AS t ON t.article_id = o.article_id AND contains(t.words, n.words)
    -- a legal form in the text distinguishes the firm from those of another form: National Iranian Oil Company, not its PTE LTD
    QUALIFY n.with_form IS NULL OR has_form OR NOT bool_or(has_form) OVER (PARTITION BY t.article_id, n.words)
),
placed AS (
    -- where it is: the words, whatever is between them
    SELECT
        n.*,
        regexp_extract(n.whole, '(?i)' || replace(trim(n.words), ' ', '[^\p{L}\p{N}]+')) AS surface
    FROM named AS n
)
SELECT
    p.article_id,
    p.listing_id,
    l.list_id,
    l.actor_id,
    p.name AS matched_name,
    p.surface,
    strpos(p.whole, p.surface) - 1 AS char_start,
    strpos(p.whole, p.surface) - 1 + length(p.surface) AS char_end,
    CAST(p.published_at AS DATE) AS date,
    l.valid_from,
    l.valid_to,
    CASE
        WHEN p.published_at IS NOT NULL THEN
            (l.valid_from IS NULL OR l.valid_from <= CAST(p.published_at AS DATE))
            AND (l.valid_to IS NULL OR CAST(p.published_at AS DATE) < l.valid_to)
    END AS was_listed,
    greatest(p.known_from, l.known_from) AS known_from
FROM placed AS p
JOIN core.sanction_listings AS l ON l.listing_id = p.listing_id AND l.known_to IS NULL
-- a name is written with capitals, except little words and what is next to its state (Russia's central bank)
WHERE regexp_matches(p.surface, '^(\p{Lu}|\p{N}|[^\p{Latin}])')
    AND (p.keeps_state OR NOT regexp_matches(p.surface, '(^|[^\p{L}])[a-z]{4,}'))
    -- a state's own body or firm is never what another state's listing names
    AND NOT EXISTS (
        FROM core.mentions AS m
        JOIN core.actors AS a ON a.actor_id = m.actor_id AND a.kind <> 'state'
        WHERE m.article_id = p.article_id
            AND m.char_start < strpos(p.whole, p.surface) - 1 + length(p.surface)
            AND m.char_end > strpos(p.whole, p.surface) - 1
            AND m.country_id IS NOT NULL
            AND a.actor_id <> l.actor_id
            AND NOT EXISTS (FROM states AS s WHERE s.listing_id = p.listing_id AND s.state_id = m.country_id)
            AND EXISTS (FROM states AS s WHERE s.listing_id = p.listing_id)
    )
QUALIFY row_number() OVER (
    PARTITION BY p.article_id, p.listing_id, l.valid_from, l.valid_to ORDER BY length(p.surface) DESC, p.name
) = 1
ORDER BY p.article_id, p.listing_id, l.valid_from, l.valid_to;
COMMENT ON TABLE marts.article_listings IS 'Listed parties that articles name, by a strong name of at least two distinctive words, as written in the text. The legal form may be left out; the state too, unless the other words are such as bodies of many states share (Central Bank, Ministry of Defense). What the text says of another state''s body or firm (core.mentions) is no match. One row per article and listing, with the first place. The same name is no proof that it is the party.';
COMMENT ON COLUMN marts.article_listings.article_id IS 'The article.';
COMMENT ON COLUMN marts.article_listings.listing_id IS 'The listing.';
COMMENT ON COLUMN marts.article_listings.list_id IS 'The list.';
COMMENT ON COLUMN marts.article_listings.actor_id IS 'The party.';
COMMENT ON COLUMN marts.article_listings.matched_name IS 'The name or alias as the list writes it.';
COMMENT ON COLUMN marts.article_listings.surface IS 'The words as written in the article.';
COMMENT ON COLUMN marts.article_listings.char_start IS 'First character, counted from 0 in title, line break, text.';
COMMENT ON COLUMN marts.article_listings.char_end IS 'Character after the last one.';
COMMENT ON COLUMN marts.article_listings.date IS 'Day of publication, UTC; NULL where unknown.';
COMMENT ON COLUMN marts.article_listings.valid_from IS 'First day of the listing; NULL where left-censored.';
COMMENT ON COLUMN marts.article_listings.valid_to IS 'Day of its removal; NULL while in force.';
COMMENT ON COLUMN marts.article_listings.was_listed IS 'Whether it was listed on the day of publication, by current knowledge; NULL where that day is unknown.';
COMMENT ON COLUMN marts.article_listings.known_from IS 'When article and listing could both be known, UTC.';
