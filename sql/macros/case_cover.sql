-- Which cases of sanctions have listings or acts here, and which have none: a check of cover by a data set of cases of your own.
-- cases: name of a table (also of a WITH) with case_id, source_id, target_id (actor ids), from_date and to_date (the last day; NULL: it goes on).
-- Result: one row a case. Cases between others than two known actors have NULL counts: they cannot be looked up.
-- Column case_id: The case, as given.
-- Column source_id: Who imposed it.
-- Column target_id: Against whom.
-- Column from_date: First day.
-- Column to_date: Last day; NULL while it goes on.
-- Column n_listings: Listings of parties of the target by the source of which it is certain that they were in force on a day of the case (marts.listing_dyads).
-- Column n_acts: Official acts of the source directed at the target on days of the case (marts.official_act_dyads).
-- Column verdict: listings and acts, listings, acts; else none, covered: lists of the source cover days of the case; none, not covered: they do not; not looked up.
-- Example: WITH cases AS (SELECT 'a' AS case_id, 'USA' AS source_id, 'CHN' AS target_id, DATE '2018-09-20' AS from_date, NULL::DATE AS to_date) FROM case_cover('cases');
CREATE OR REPLACE MACRO case_cover(cases) AS TABLE
WITH asked AS (
    SELECT c.*, coalesce(c.to_date, DATE '9999-12-31') AS last_day FROM query_table(cases) AS c
),
listed AS (
    SELECT a.case_id, count(DISTINCT l.listing_id) AS n
    FROM asked AS a
    JOIN marts.listing_dyads AS l
        ON l.source_id = a.source_id AND l.target_id = a.target_id
        AND l.certain_from <= a.last_day AND (l.certain_to IS NULL OR l.certain_to > a.from_date)
    GROUP BY a.case_id
),
acted AS (
    SELECT a.case_id, count(DISTINCT d.act_id) AS n
    FROM asked AS a
    JOIN marts.official_act_dyads AS d
        ON d.source_id = a.source_id AND d.target_id = a.target_id AND d.date BETWEEN a.from_date AND a.last_day
    GROUP BY a.case_id
),
held AS (
    SELECT a.case_id, count(*) AS n
    FROM asked AS a
    JOIN core.sanction_lists AS s ON s.covered_from <= a.last_day AND s.covered_until >= a.from_date
    JOIN core.actors AS u ON u.actor_id = s.authority_id
    WHERE dyad_side(u.actor_id, u.country_id) = a.source_id
    GROUP BY a.case_id
)
SELECT
    a.case_id,
    a.source_id,
    a.target_id,
    a.from_date,
    a.to_date,
    CASE WHEN a.source_id IS NOT NULL AND a.target_id IS NOT NULL THEN coalesce(l.n, 0) END AS n_listings,
    CASE WHEN a.source_id IS NOT NULL AND a.target_id IS NOT NULL THEN coalesce(d.n, 0) END AS n_acts,
    CASE
        WHEN a.source_id IS NULL OR a.target_id IS NULL THEN 'not looked up'
        WHEN l.n IS NOT NULL AND d.n IS NOT NULL THEN 'listings and acts'
        WHEN l.n IS NOT NULL THEN 'listings'
        WHEN d.n IS NOT NULL THEN 'acts'
        WHEN h.n IS NOT NULL THEN 'none, covered'
        ELSE 'none, not covered'
    END AS verdict
FROM asked AS a
LEFT JOIN listed AS l ON l.case_id = a.case_id
LEFT JOIN acted AS d ON d.case_id = a.case_id
LEFT JOIN held AS h ON h.case_id = a.case_id
ORDER BY a.from_date, a.case_id;
COMMENT ON MACRO TABLE case_cover IS 'Which cases of sanctions have listings or acts here, and which have none: a check of cover by a data set of cases of your own.';
