-- What the lists can say about a day: whether each covers it, between which editions it lies, and that in words.
-- d: the day (DATE or text), in the authority's time zone.
-- Result: one row per list.
-- Column is_covered: Whether the list covers the day: who is not found was then not on it.
-- Column edition_before: The last day covered before the day; NULL where there is none.
-- Column edition_after: The first day covered after it; NULL where there is none.
-- Column n_possible: Listings that may have been in force on the day.
-- Column answer: What it means that a party is not found, as a sentence.
-- As in: core.sanction_lists
-- Example: SELECT list_id, answer FROM list_coverage_on(DATE '2023-11-15') WHERE NOT is_covered;
CREATE OR REPLACE MACRO list_coverage_on(d) AS TABLE
WITH days AS (
    SELECT
        l.list_id,
        l.authority_id,
        coalesce(bool_or(c.covered_from <= CAST(d AS DATE) AND CAST(d AS DATE) < c.covered_to), false) AS is_covered,
        max(c.covered_to) FILTER (c.covered_to <= CAST(d AS DATE)) - 1 AS edition_before,
        min(c.covered_from) FILTER (c.covered_from > CAST(d AS DATE)) AS edition_after
    FROM core.sanction_lists AS l
    LEFT JOIN core.list_coverage AS c ON c.list_id = l.list_id AND c.covers = 'both' AND c.known_to IS NULL
    WHERE l.covered_from IS NOT NULL
    GROUP BY l.list_id, l.authority_id
),
possible AS (
    SELECT p.list_id, count(*) AS n_possible FROM listed_on(d) AS p WHERE p.certainty = 'possible' GROUP BY p.list_id
)
SELECT
    c.list_id,
    c.authority_id,
    c.is_covered,
    CASE WHEN NOT c.is_covered THEN c.edition_before END AS edition_before,
    CASE WHEN NOT c.is_covered THEN c.edition_after END AS edition_after,
    coalesce(p.n_possible, 0) AS n_possible,
    CASE
        WHEN c.is_covered THEN 'Covered: who is not found was not listed that day.'
        WHEN c.edition_before IS NULL AND c.edition_after IS NULL
            THEN 'There is no whole vintage of the list, only single notices: who is not found may have been listed.'
        WHEN c.edition_before IS NULL
            THEN 'The first vintage here is of ' || c.edition_after || ': who had left the list by then is missing.'
        WHEN c.edition_after IS NULL
            THEN 'The last vintage here is of ' || c.edition_before || ': who came since is missing, and who is listed may have left.'
        ELSE 'There is no vintage between ' || c.edition_before || ' and ' || c.edition_after
            || ': who came and went between them is missing.'
    END AS answer
FROM days AS c
LEFT JOIN possible AS p ON p.list_id = c.list_id
ORDER BY c.list_id;
COMMENT ON MACRO TABLE list_coverage_on IS 'What the lists can say about a day: whether each covers it, between which editions it lies, and that in words.';
