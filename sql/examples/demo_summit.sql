-- What happened between the US and China around the summit of 15 November 2023, and what was known and in force that day?
-- How to read it: deaths_known is the newest count of US overdose deaths (12 months) a reader could know that morning, and how
-- old it was; parties_listed counts Chinese parties on US lists, at least, where not all of these are covered that day. Up to four
-- most reported events a day, every article and sanction.
WITH facts AS (
    SELECT
        date,
        kind,
        headline,
        n_reports,
        row_number() OVER (PARTITION BY date, kind ORDER BY n_reports DESC, headline) AS place
    FROM marts.timeline
    WHERE source_id IN ('USA', 'CHN')
        AND target_id IN ('USA', 'CHN')
        AND date BETWEEN DATE '2023-11-14' AND DATE '2023-11-17'
)
SELECT
    f.date,
    f.kind,
    f.headline AS what,
    coalesce(
        CAST(a.deaths_12m_known AS INTEGER) || ' (' || a.deaths_12m_known_vintage_age_days || ' days old)',
        'none (' || replace(a.deaths_12m_known_missing_reason, '_', ' ') || ')',
        'none'
    ) AS deaths_known,
    coalesce(
        CASE WHEN d.n_lists_covered < d.n_lists_held THEN 'at least ' ELSE '' END || d.n_listings_in_force, 'not covered'
    ) AS parties_listed
FROM facts AS f
LEFT JOIN marts.actor_day AS a ON a.actor_id = 'USA' AND a.date = f.date
LEFT JOIN marts.dyad_day AS d ON d.source_id = 'USA' AND d.target_id = 'CHN' AND d.date = f.date
WHERE f.kind <> 'event' OR f.place <= 4
ORDER BY f.date, f.kind DESC, f.n_reports DESC, what;
