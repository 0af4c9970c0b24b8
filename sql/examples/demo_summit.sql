-- What happened between the US and China around the summit of 15 November 2023, and what was known and in force that day?
-- How to read it: who acts towards whom (USA - CHN: both). Known is the newest count of US overdose deaths (12 months) that a reader
-- could know that morning, and how old it was; in force are Chinese parties on US lists, at least, where not all of these are
-- covered that day. Up to four most reported events a day, every article, act and change of a list.
WITH facts AS (
    SELECT
        date,
        kind,
        headline,
        CASE WHEN count(DISTINCT source_id) > 1 THEN 'USA - CHN' ELSE any_value(source_id || ' > ' || target_id) END AS who,
        max(n_reports) AS n_reports,
        row_number() OVER (PARTITION BY date, kind ORDER BY max(n_reports) DESC, headline) AS place
    FROM marts.timeline
    WHERE source_id IN ('USA', 'CHN')
        AND target_id IN ('USA', 'CHN')
        AND date BETWEEN DATE '2023-11-14' AND DATE '2023-11-17'
    GROUP BY date, kind, headline
),

days AS (
    SELECT
        a.date,
        coalesce(
            format('{:,} deaths in 12 months, published {} days before', CAST(a.deaths_12m_known AS INTEGER), a.deaths_12m_known_vintage_age_days),
            'no count of deaths (' || replace(a.deaths_12m_known_missing_reason, '_', ' ') || ')',
            'no count of deaths'
        ) AS known,
        coalesce(
            CASE WHEN d.n_lists_covered < d.n_lists_held THEN 'at least ' ELSE '' END || format('{:,}', d.n_listings_in_force) || ' Chinese parties on US lists',
            'the lists are not covered'
        ) AS in_force
    FROM marts.actor_day AS a
    LEFT JOIN marts.dyad_day AS d ON d.source_id = 'USA' AND d.target_id = 'CHN' AND d.date = a.date
    WHERE a.actor_id = 'USA' AND a.date IN (SELECT f.date FROM facts AS f)
),

lines AS (
    SELECT date, 1 AS part, 'USA' AS who, 'known' AS kind, known AS what, 0 AS place FROM days
    UNION ALL
    SELECT date, 2, 'USA > CHN', 'in force', in_force, 0 FROM days
    UNION ALL
    SELECT date, 3, who, kind, headline, place FROM facts WHERE kind <> 'event' OR place <= 4
)

SELECT
    date,
    who,
    kind,
    what
FROM lines
ORDER BY date, part, kind DESC, place, what;
