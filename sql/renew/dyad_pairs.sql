-- The pairs of states of which days changed, or from when to when listings are certain, and since when: since the first day of the
-- month before the one in which the first change lies, where that is not long ago and the calendar of the pair went on from there,
-- or begins behind it. Else NULL: any row of the pair may be another.
-- renewed_months: pairs and months, each with the first day that changed.
WITH moves_before AS (
    SELECT source_id, target_id, date, sum(move) AS move
    FROM (
        SELECT source_id, target_id, certain_from AS date, 1 AS move FROM earlier.marts.listing_dyads WHERE certain_from < certain_to
        UNION ALL
        SELECT source_id, target_id, certain_to, -1 FROM earlier.marts.listing_dyads WHERE certain_from < certain_to
    )
    WHERE target_id IS NOT NULL
    GROUP BY ALL
),
moves_now AS (
    SELECT source_id, target_id, date, sum(move) AS move
    FROM (
        SELECT source_id, target_id, certain_from AS date, 1 AS move FROM marts.listing_dyads WHERE certain_from < certain_to
        UNION ALL
        SELECT source_id, target_id, certain_to, -1 FROM marts.listing_dyads WHERE certain_from < certain_to
    )
    WHERE target_id IS NOT NULL
    GROUP BY ALL
),
changed AS (
    SELECT c.source_id, c.target_id, min(c.first_date) AS first_date
    FROM (
        SELECT m.source_id, m.target_id, m.first_date FROM renewed_months AS m
        UNION ALL
        SELECT l.source_id, l.target_id, l.date
        FROM (
            (
                FROM moves_before
                EXCEPT
                FROM moves_now
            )
            UNION ALL
            (
                FROM moves_now
                EXCEPT
                FROM moves_before
            )
        ) AS l
    ) AS c
    GROUP BY ALL
),
since AS (
    SELECT CAST(date_trunc('month', min(c.first_date)) - INTERVAL 1 MONTH AS DATE) AS date
    FROM changed AS c
    WHERE c.first_date > (SELECT max(h.date) FROM marts.dyad_day AS h) - 62
),
stood AS (
    SELECT d.source_id, d.target_id, bool_or(d.date = last_day(s.date)) OR min(d.date) > last_day(s.date) AS goes_on
    FROM earlier.marts.dyad_day AS d, since AS s
    GROUP BY d.source_id, d.target_id, s.date
)
SELECT
    c.source_id,
    c.target_id,
    CASE WHEN c.first_date > last_day(s.date) AND coalesce(e.goes_on, true) THEN s.date END AS since
FROM changed AS c
CROSS JOIN since AS s
LEFT JOIN stood AS e ON e.source_id = c.source_id AND e.target_id = c.target_id
ORDER BY c.source_id, c.target_id;
