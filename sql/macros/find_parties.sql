-- Listed parties whose names are like those asked for, removed ones too (see valid_to): many names in one question.
-- names: VARCHAR[], in any script; case, accents, legal forms, little words and the order of words do not count, misspellings,
-- other romanisations and initials little. What the registry of actors knows a firm or body by (its Chinese name, its acronym) finds
-- what its name finds, and its listings; the reason says so.
-- Result: one row per name asked for and listing that is like it. A similar name is no proof that it is the party.
-- Column asked_no: Place of the name in the list asked, from 1.
-- Column asked: The name as it was asked for.
-- Column target_ids: The states of the party, joined by commas; NULL where none is known.
-- Column score: How like the names are, 0 to 1.
-- Column reason: Why they are taken to be like, in words.
-- Column matched_name: The name or alias that matched.
-- Column matched_kind (primary, aka, fka, nka): What name it is, as in core.sanction_names: primary, also, formerly, now known as.
-- Column matched_quality (strong, weak): How telling it is, as in core.sanction_names; weak: generic by the authority's own word.
-- As in: core.sanction_listings
-- Example: SELECT asked, name, score FROM find_parties(['Huawei', 'Институт криминалистики']);
CREATE OR REPLACE MACRO find_parties(names) AS TABLE
WITH asked_names AS (
    SELECT unnest(names) AS asked, generate_subscripts(names, 1) AS of_no
),
known_as AS (
    SELECT r.* RENAME (asked_no AS of_no) FROM registry_readings(names) AS r
),
readings AS (
    -- each name is asked as given, and by what the registry calls its actor
    SELECT CAST(row_number() OVER (ORDER BY t.of_no, t.actor_id NULLS FIRST) AS BIGINT) AS asked_no, t.*
    FROM (
        SELECT a.of_no, a.asked, a.asked AS reading, CAST(NULL AS VARCHAR) AS actor_id, CAST(NULL AS VARCHAR) AS country_id, 1.0 AS factor
        FROM asked_names AS a
        UNION ALL
        SELECT k.of_no, k.asked, k.name, k.actor_id, k.country_id, k.factor
        FROM known_as AS k
    ) AS t
),
questions AS (
    SELECT asked_no, asked, list_distinct(w) AS words, array_to_string(w, '') AS letters, letters_hash(w) AS letters_hash
    FROM (SELECT r.asked_no, r.asked, distinctive_words(r.reading) AS w FROM readings AS r)
),
total AS (
    SELECT count(*) AS n_names FROM marts.party_names AS p
),
asked_words AS (
    -- digits alone tell nothing
    SELECT q.asked_no, unnest(q.words) AS word FROM questions AS q WHERE regexp_matches(q.letters, '[a-z]')
),
wanted AS (
    SELECT DISTINCT a.word FROM asked_words AS a
),
near AS (
    -- words with two pieces of three letters in common; a short word or a number is itself or nothing
    SELECT g.word AS asked_word, h.word_no, count(*) AS n_grams
    FROM (
        SELECT w.word, unnest(word_grams(w.word)) AS gram
        FROM wanted AS w
        WHERE length(w.word) >= 4 AND NOT regexp_matches(w.word, '[0-9]')
    ) AS g
    JOIN marts.party_word_grams AS h ON h.gram = g.gram
    GROUP BY ALL
    HAVING n_grams >= 2
),
near_words AS (
    SELECT n.asked_word, v.word AS held_word, v.word_no, v.n_names
    FROM near AS n
    JOIN marts.party_words AS v ON v.word_no = n.word_no
    WHERE n.asked_word <> v.word AND abs(length(n.asked_word) - length(v.word)) <= 2
),
alike AS (
    SELECT w.word AS asked_word, v.word AS held_word, v.word_no, v.n_names, 1.0 AS likeness
    FROM wanted AS w
    JOIN marts.party_words AS v ON v.word = w.word
    UNION ALL
    -- each slip of the pen costs a tenth; the cheaper measure is asked first
    SELECT d.asked_word, d.held_word, d.word_no, d.n_names, 1.0 - 0.1 * damerau_levenshtein(d.asked_word, d.held_word)
    FROM (
        SELECT n.*, jaro_winkler_similarity(n.asked_word, n.held_word) AS similarity
        FROM near_words AS n
        WHERE jaro_winkler_similarity(n.asked_word, n.held_word) >= 0.8
    ) AS d
    WHERE d.similarity >= 0.93
        OR damerau_levenshtein(d.asked_word, d.held_word) <= CASE WHEN length(d.asked_word) >= 8 THEN 2 ELSE 1 END
),
word_weights AS (
    -- a rare word weighs much, a word in no name is the rarest of all, an initial says little
    SELECT
        w.word,
        CASE
            WHEN length(w.word) = 1 THEN 1.0
            ELSE coalesce(max(ln(1 + z.n_names / k.n_names)), ln(1 + any_value(z.n_names)))
        END AS weight
    FROM wanted AS w
    CROSS JOIN total AS z
    LEFT JOIN alike AS k ON k.asked_word = w.word AND k.likeness >= 0.8
    GROUP BY w.word
),
asked_weights AS (
    -- a name must share 0.4 of the weight asked for: one that shares only the commonest words is never looked at
    SELECT
        a.asked_no,
        a.word,
        w.weight,
        length(a.word) > 1
            AND sum(w.weight) OVER (PARTITION BY a.asked_no ORDER BY length(a.word) > 1, w.weight, a.word)
                >= 0.4 * sum(w.weight) OVER (PARTITION BY a.asked_no) AS is_distinctive
    FROM asked_words AS a
    JOIN word_weights AS w ON w.word = a.word
),
candidates AS (
    SELECT DISTINCT a.asked_no, p.name_no
    FROM asked_weights AS a
    JOIN alike AS k ON k.asked_word = a.word
    JOIN marts.party_word_names AS p ON p.word_no = k.word_no
    WHERE a.is_distinctive
),
held_words AS (
    SELECT w.asked_no, w.name_no, w.word, ln(1 + z.n_names / v.n_names) AS weight
    FROM (
        SELECT c.asked_no, c.name_no, unnest(p.words) AS word
        FROM candidates AS c
        JOIN marts.party_names AS p ON p.name_no = c.name_no
    ) AS w
    JOIN marts.party_words AS v ON v.word = w.word
    CROSS JOIN total AS z
),
pairs AS (
    -- most words of a name are like none of those asked for: only the totals below count them
    SELECT p.*
    FROM (
        SELECT
            h.asked_no,
            h.name_no,
            h.word AS held_word,
            h.weight AS held_weight,
            a.word AS asked_word,
            a.weight AS asked_weight,
            (length(a.word) = 1) <> (length(h.word) = 1) AS is_initial,
            CASE
                WHEN k.likeness IS NOT NULL THEN k.likeness
                -- of a letter in a name that is held nothing says what it stands for (T-MOTOR)
                WHEN (length(a.word) = 1) <> (length(h.word) = 1) AND left(h.word, 1) = left(a.word, 1)
                    THEN CASE WHEN length(h.word) = 1 THEN 0.3 ELSE 0.8 END
                -- another romanisation: only where the name is looked at for its other words
                WHEN length(a.word) >= 4 AND length(h.word) >= 4 AND jaro_winkler_similarity(a.word, h.word) >= 0.84
                    THEN 0.8 * jaro_winkler_similarity(a.word, h.word)
                ELSE 0
            END AS likeness
        FROM held_words AS h
        JOIN asked_weights AS a ON a.asked_no = h.asked_no
        LEFT JOIN alike AS k ON k.asked_word = a.word AND k.held_word = h.word
    ) AS p
    WHERE p.likeness > 0
),
-- sums of whole numbers: one of floats would depend on the order of the rows
asked_totals AS (
    SELECT a.asked_no, sum(CAST(1e9 * a.weight AS BIGINT)) AS weight, count(*) AS n_words FROM asked_weights AS a GROUP BY a.asked_no
),
held_totals AS (
    SELECT h.asked_no, h.name_no, sum(CAST(1e9 * h.weight AS BIGINT)) AS weight FROM held_words AS h GROUP BY h.asked_no, h.name_no
),
of_asked AS (
    SELECT
        w.asked_no,
        w.name_no,
        sum(CAST(1e9 * w.weight * w.likeness AS BIGINT)) / any_value(t.weight) AS share_of_asked,
        any_value(t.n_words) AS n_asked,
        count(*) AS n_matched,
        CASE WHEN count(*) = any_value(t.n_words) THEN min(w.likeness) ELSE 0 END AS least_likeness,
        array_to_string(list_sort(list(w.asked_word)), ', ') AS words
    FROM (
        SELECT p.asked_no, p.name_no, p.asked_word, any_value(p.asked_weight) AS weight, max(p.likeness) AS likeness
        FROM pairs AS p
        GROUP BY ALL
    ) AS w
    JOIN asked_totals AS t ON t.asked_no = w.asked_no
    GROUP BY w.asked_no, w.name_no
),
of_name AS (
    SELECT
        w.asked_no,
        w.name_no,
        sum(CAST(1e9 * w.weight * w.likeness AS BIGINT))
            / (any_value(t.weight) + sum(CAST(1e9 * w.weight AS BIGINT) - CAST(1e9 * w.held_weight AS BIGINT))) AS share_of_name
    FROM (
        SELECT
            p.asked_no,
            p.name_no,
            p.held_word,
            any_value(p.held_weight) AS held_weight,
            -- a word of which only the initial was asked for can neither help nor harm much
            any_value(p.held_weight) * CASE WHEN arg_max(p.is_initial, p.likeness) THEN 0.25 ELSE 1 END AS weight,
            max(p.likeness) AS likeness
        FROM pairs AS p
        GROUP BY ALL
    ) AS w
    JOIN held_totals AS t ON t.asked_no = w.asked_no AND t.name_no = w.name_no
    GROUP BY w.asked_no, w.name_no
),
scored AS (
    SELECT
        a.asked_no,
        a.name_no,
        0.4 * greatest(a.share_of_asked, n.share_of_name) + 0.6 * least(a.share_of_asked, n.share_of_name) AS score,
        CASE
            WHEN a.share_of_asked = 1 AND n.share_of_name = 1 THEN 'same words'
            WHEN a.share_of_asked = 1 THEN 'every word asked for stands in the name'
            WHEN n.share_of_name = 1 THEN 'every word of the name was asked for'
            WHEN a.least_likeness < 1 THEN 'like words'
            ELSE 'some words the same'
        END || ': ' || a.words AS reason
    FROM of_asked AS a
    JOIN of_name AS n ON n.asked_no = a.asked_no AND n.name_no = a.name_no
    -- one word finds a name that consists of little else, three words and more one that holds them all
    WHERE (
        (a.n_asked = 1 AND a.least_likeness = 1 AND n.share_of_name >= 0.5)
        OR (a.n_asked >= 3 AND a.least_likeness >= 0.9)
        OR (
            (a.n_matched >= 2 OR a.n_matched = a.n_asked)
            AND 0.4 * greatest(a.share_of_asked, n.share_of_name) + 0.6 * least(a.share_of_asked, n.share_of_name) >= 0.8
        )
    )
    -- one short word is itself or nothing: SMIC is not SAIC
    AND (a.n_asked > 1 OR length(a.words) > 5 OR a.least_likeness = 1)
    UNION ALL
    SELECT q.asked_no, p.name_no, 0.99, 'same letters, other blanks: ' || q.letters
    FROM questions AS q
    JOIN marts.party_names AS p ON p.letters_hash = q.letters_hash AND array_to_string(distinctive_words(p.name), '') = q.letters
    WHERE length(q.letters) >= 6 AND regexp_matches(q.letters, '[a-z]')
),
states AS (
    SELECT t.listing_id, list(DISTINCT t.target_id ORDER BY t.target_id) FILTER (t.target_id IS NOT NULL) AS target_ids
    FROM marts.listing_dyads AS t
    WHERE t.listing_id IN (
        SELECT p.listing_id FROM scored AS s JOIN marts.party_names AS p ON p.name_no = s.name_no
        UNION
        SELECT l.listing_id FROM core.sanction_listings AS l JOIN known_as AS k ON k.actor_id = l.actor_id
    )
    GROUP BY t.listing_id
),
matched AS (
    SELECT
        r.of_no,
        p.listing_id,
        s.score * r.factor AS score,
        coalesce(r.actor_id || ' by the registry (' || r.reading || '); ', '') || s.reason AS reason,
        p.name AS matched_name,
        p.kind,
        p.quality
    FROM scored AS s
    JOIN readings AS r ON r.asked_no = s.asked_no
    JOIN marts.party_names AS p ON p.name_no = s.name_no
    LEFT JOIN states AS t ON t.listing_id = p.listing_id
    -- the Ministry of Public Security of one state is not that of another
    WHERE r.country_id IS NULL OR t.target_ids IS NULL OR list_contains(t.target_ids, r.country_id)
    UNION ALL
    SELECT
        r.of_no, l.listing_id, r.factor, r.actor_id || ' by the registry (' || r.reading || '): it is this party', l.name, 'primary',
        'strong'
    FROM readings AS r
    JOIN core.sanction_listings AS l ON l.actor_id = r.actor_id AND l.known_to IS NULL
),
best AS (
    SELECT m.*
    FROM matched AS m
    QUALIFY row_number() OVER (
        PARTITION BY m.of_no, m.listing_id
        ORDER BY m.score DESC, m.quality, m.kind = 'primary' DESC, m.matched_name, m.reason
    ) = 1
)
SELECT
    b.of_no AS asked_no,
    q.asked,
    l.listing_id,
    l.list_id,
    l.actor_id,
    l.party_type,
    l.name,
    array_to_string(c.target_ids, ', ') AS target_ids,
    round(b.score, 3) AS score,
    b.reason,
    b.matched_name,
    b.kind AS matched_kind,
    b.quality AS matched_quality,
    l.valid_from,
    l.valid_from_basis,
    l.valid_to,
    l.citation
FROM best AS b
JOIN asked_names AS q ON q.of_no = b.of_no
JOIN core.sanction_listings AS l ON l.listing_id = b.listing_id AND l.known_to IS NULL
LEFT JOIN states AS c ON c.listing_id = b.listing_id
ORDER BY b.of_no, b.score DESC, b.quality, l.listing_id, l.valid_from;
COMMENT ON MACRO TABLE find_parties IS 'Listed parties whose names are like those asked for, removed ones too (see valid_to): many names in one question.';
