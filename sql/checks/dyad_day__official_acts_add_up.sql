-- critical: Rows in = rows out: each official act directed at a state counts once on its day, and no day has 0 that may have had one.
-- table: marts.dyad_day
-- scope: build
WITH held AS (
    SELECT source_id, target_id, date, count(*) AS n_acts
    FROM marts.official_act_dyads
    WHERE basis IN ('party', 'stated')
    GROUP BY ALL
)
SELECT d.source_id, d.target_id, d.from_date, d.to_date, d.n_official_acts, h.date, h.n_acts
FROM marts.dyad_spans AS d
LEFT JOIN held AS h ON h.source_id = d.source_id AND h.target_id = d.target_id AND h.date >= d.from_date AND h.date < d.to_date
WHERE coalesce(d.n_official_acts, 0) <> coalesce(h.n_acts, 0)
    -- a day of acts is a span of its own
    OR (d.n_official_acts > 0 AND d.to_date - d.from_date > 1)
    OR (d.n_official_acts = 0 AND (d.n_lists_covered < d.n_lists_held OR d.n_lists_held = 0));
