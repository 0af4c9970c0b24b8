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
        p.words AS telling
    FROM marts.party_names AS p
    JOIN (SELECT DISTINCT listing_id, party_type FROM core.sanction_listings) AS l ON l.listing_id = p.listing_id
    WHERE p.quality = 'strong' AND p.kind <> 'fka'
),
shorter AS (
    -- newspapers leave out the legal form at the end and the country
    SELECT
        r.listing_id,
        r.name,
        r.party_type,
        regexp_replace(
            regexp_replace(
                r.words,
                '( (co|company|corp|corporation|inc|incorporated|limited|ltd|llc|llp|plc|gmbh|ag|sa|ooo|jsc|pjsc|ojsc|pte|pty))+ $', ' '
            ),
            ' of (the )?(people s republic of )?(china|iran|russia|the russian federation|north korea) $', ' '
        ) AS words,
        r.telling
    FROM readings AS r
),
names AS (
    -- one word, or two short ones, stand in texts for other things too
    SELECT DISTINCT s.listing_id, s.name, s.words, split_part(s.words, ' ', 2) AS first_word, split_part(s.words, ' ', 3) AS second_word
    FROM shorter AS s
    WHERE len(s.telling) >= 2 AND length(s.words) >= 12 AND split_part(s.words, ' ', 3) <> ''
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
    SELECT t.article_id, t.published_at, t.known_from, t.whole, n.listing_id, n.name, n.words
    FROM openings AS o
    JOIN names AS n ON n.first_word = o.first_word AND n.second_word = o.second_word
    JOIN texts AS t ON t.article_id = o.article_id AND contains(t.words, n.words)
),
placed AS (
    -- where it stands: the words, whatever stands between them
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
-- a name is written with capitals
WHERE regexp_matches(p.surface, '^(\p{Lu}|\p{N}|[^\p{Latin}])')
QUALIFY row_number() OVER (
    PARTITION BY p.article_id, p.listing_id, l.valid_from, l.valid_to ORDER BY length(p.surface) DESC, p.name
) = 1
ORDER BY p.article_id, p.listing_id, l.valid_from, l.valid_to;
COMMENT ON TABLE marts.article_listings IS 'Listed parties that articles name, by a strong name of at least two telling words as it stands in the text (legal form and country may be left out). One row per article and listing, with the first place. The same name is no proof that it is the party.';
COMMENT ON COLUMN marts.article_listings.article_id IS 'The article.';
COMMENT ON COLUMN marts.article_listings.listing_id IS 'The listing.';
COMMENT ON COLUMN marts.article_listings.list_id IS 'The list.';
COMMENT ON COLUMN marts.article_listings.actor_id IS 'The party.';
COMMENT ON COLUMN marts.article_listings.matched_name IS 'The name or alias as the list writes it.';
COMMENT ON COLUMN marts.article_listings.surface IS 'The words as they stand in the article.';
COMMENT ON COLUMN marts.article_listings.char_start IS 'First character, counted from 0 in title, line break, text.';
COMMENT ON COLUMN marts.article_listings.char_end IS 'Character after the last one.';
COMMENT ON COLUMN marts.article_listings.date IS 'Day of publication, UTC; NULL where unknown.';
COMMENT ON COLUMN marts.article_listings.valid_from IS 'First day of the listing; NULL where left-censored.';
COMMENT ON COLUMN marts.article_listings.valid_to IS 'Day of its removal; NULL while in force.';
COMMENT ON COLUMN marts.article_listings.was_listed IS 'Whether it was listed on the day of publication, by current knowledge; NULL where that day is unknown.';
COMMENT ON COLUMN marts.article_listings.known_from IS 'When article and listing could both be known, UTC.';
