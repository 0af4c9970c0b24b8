-- Listed parties whose name is like the one asked for, removed ones too (see valid_to), best first.
-- name: a name in Latin letters; case, accents and the order of its words do not count, small misspellings little.
-- Result: listing_id, list_id, actor_id, party_type, name, target_ids (its states), score (0 to 1), reason, matched_name (the
-- name or alias that matched), matched_kind, matched_quality, valid_from, valid_from_basis, valid_to, citation.
-- Words that stand in many names weigh little, legal forms (LTD, CO, GMBH, ...) nothing: they never match alone. A similar name
-- is no proof that it is the party.
-- Example: SELECT score, list_id, matched_name, valid_from, valid_to FROM find_party('Institute of Forensic Science');
CREATE OR REPLACE MACRO find_party(name) AS TABLE
WITH idle AS (
    SELECT [
        'ab', 'ag', 'ao', 'as', 'bhd', 'bv', 'co', 'company', 'corp', 'corporation', 'cv', 'doo', 'eirl', 'fze', 'fzco', 'fzc',
        'gmbh', 'group', 'holding', 'holdings', 'inc', 'incorporated', 'jsc', 'kg', 'limited', 'limitada', 'llc', 'llp', 'lp',
        'ltd', 'ltda', 'mbh', 'nv', 'ojsc', 'ooo', 'oy', 'pao', 'pjsc', 'plc', 'pte', 'pty', 'pvt', 'private', 'public', 'sa',
        'sal', 'sarl', 'sas', 'sdn', 'spa', 'srl', 'zao', 'and', 'the', 'of', 'for', 'de', 'la', 'el', 'al', 'y'
    ] AS words
),
asked AS (
    SELECT unnest(list_filter(name_words(name), lambda w: NOT list_contains(i.words, w))) AS word
    FROM idle AS i
),
total AS (
    SELECT count(*) AS n_names FROM marts.party_names AS p
),
alike AS (
    SELECT q.word AS asked_word, v.word AS held_word,
        CASE WHEN q.word = v.word THEN 1.0 ELSE jaro_winkler_similarity(q.word, v.word) END AS likeness
    FROM asked AS q
    JOIN marts.party_words AS v
        ON q.word = v.word
        -- a short word or a number is itself or nothing
        OR (length(q.word) >= 4 AND length(v.word) BETWEEN greatest(4, length(q.word) - 2) AND length(q.word) + 2
            AND jaro_winkler_similarity(q.word, v.word) >= 0.9 AND NOT regexp_matches(q.word || v.word, '[0-9]'))
),
weighed AS (
    -- a word in no name is the rarest of all
    SELECT q.word, coalesce(max(ln(1 + z.n_names / v.n_names)), ln(1 + any_value(z.n_names))) AS weight
    FROM asked AS q
    CROSS JOIN total AS z
    LEFT JOIN alike AS k ON k.asked_word = q.word
    LEFT JOIN marts.party_words AS v ON v.word = k.held_word
    GROUP BY q.word
),
asked_weights AS (
    -- a name must share 0.4 of the weight asked for: one that shares only the commonest words is never looked at
    SELECT w.word, w.weight, sum(w.weight) OVER (ORDER BY w.weight, w.word) >= 0.4 * sum(w.weight) OVER () AS is_telling
    FROM weighed AS w
),
hits AS (
    SELECT h.listing_id, h.held_name, h.word, ln(1 + z.n_names / v.n_names) AS weight, k.asked_word, k.likeness
    FROM (
        SELECT p.listing_id, p.name AS held_name, unnest(p.words) AS word
        FROM marts.party_names AS p
        WHERE list_has_any(p.words, (
            SELECT list(DISTINCT x.held_word) FROM alike AS x JOIN asked_weights AS y ON y.word = x.asked_word WHERE y.is_telling
        ))
    ) AS h
    CROSS JOIN idle AS i
    CROSS JOIN total AS z
    JOIN marts.party_words AS v ON v.word = h.word
    LEFT JOIN alike AS k ON k.held_word = h.word
    WHERE NOT list_contains(i.words, h.word)
),
of_name AS (
    SELECT
        w.listing_id,
        w.held_name,
        sum(w.weight * w.likeness ORDER BY w.word) / sum(w.weight ORDER BY w.word) AS share_of_name
    FROM (
        SELECT h.listing_id, h.held_name, h.word, any_value(h.weight) AS weight, coalesce(max(h.likeness), 0) AS likeness
        FROM hits AS h
        GROUP BY ALL
    ) AS w
    GROUP BY ALL
),
of_asked AS (
    SELECT
        w.listing_id,
        w.held_name,
        sum(w.weight * w.likeness ORDER BY w.asked_word)
            / (SELECT sum(x.weight ORDER BY x.word) FROM asked_weights AS x) AS share_of_asked,
        count(*) AS n_words,
        min(w.likeness) AS least_likeness,
        string_agg(w.asked_word, ', ' ORDER BY w.asked_word) AS words
    FROM (
        SELECT h.listing_id, h.held_name, h.asked_word, x.weight, max(h.likeness) AS likeness
        FROM hits AS h
        JOIN asked_weights AS x ON x.word = h.asked_word
        GROUP BY ALL
    ) AS w
    GROUP BY ALL
),
scored AS (
    SELECT
        q.listing_id,
        q.held_name,
        q.words,
        q.share_of_asked,
        n.share_of_name,
        q.least_likeness,
        0.6 * greatest(q.share_of_asked, n.share_of_name) + 0.4 * least(q.share_of_asked, n.share_of_name) AS score
    FROM of_asked AS q
    JOIN of_name AS n ON n.listing_id = q.listing_id AND n.held_name = q.held_name
    -- a short listed name inside a long question needs two words, and a good part of the question
    WHERE q.share_of_asked >= 0.75 OR (q.n_words >= 2 AND q.share_of_asked >= 0.4)
),
best AS (
    SELECT s.*, p.kind, p.quality
    FROM scored AS s
    JOIN marts.party_names AS p ON p.listing_id = s.listing_id AND p.name = s.held_name
    WHERE s.score >= 0.7
    QUALIFY row_number() OVER (
        PARTITION BY s.listing_id ORDER BY s.score DESC, p.quality, p.kind = 'primary' DESC, s.held_name
    ) = 1
),
states AS (
    SELECT t.listing_id, string_agg(DISTINCT t.target_id, ', ' ORDER BY t.target_id) AS target_ids
    FROM marts.listing_dyads AS t
    GROUP BY t.listing_id
)
SELECT
    l.listing_id,
    l.list_id,
    l.actor_id,
    l.party_type,
    l.name,
    c.target_ids,
    round(s.score, 3) AS score,
    CASE
        WHEN s.share_of_asked = 1 AND s.share_of_name = 1 THEN 'same words'
        WHEN s.share_of_asked = 1 THEN 'every word asked for stands in the name'
        WHEN s.share_of_name = 1 THEN 'every word of the name was asked for'
        WHEN s.least_likeness < 1 THEN 'like words'
        ELSE 'some words the same'
    END || ': ' || s.words AS reason,
    s.held_name AS matched_name,
    s.kind AS matched_kind,
    s.quality AS matched_quality,
    l.valid_from,
    l.valid_from_basis,
    l.valid_to,
    l.citation
FROM best AS s
JOIN core.sanction_listings AS l ON l.listing_id = s.listing_id AND l.known_to IS NULL
LEFT JOIN states AS c ON c.listing_id = s.listing_id
ORDER BY s.score DESC, s.quality, l.listing_id, l.valid_from;
COMMENT ON MACRO TABLE find_party IS 'Listed parties whose name is like the one asked for, removed ones too (see valid_to), best first.';
