-- What happened between the United States and China around the summit of 15 November 2023?
-- How to read it: one line a fact, both directions. known_from says when a reader could first know of it; an article is
-- under CHN -> USA whomever it is about, since articles have no direction.
SELECT date, source_id, target_id, kind, headline, magnitude, citation, url, known_from
FROM marts.timeline
WHERE source_id IN ('USA', 'CHN')
    AND target_id IN ('USA', 'CHN')
    AND date BETWEEN DATE '2023-11-08' AND DATE '2023-11-22'
ORDER BY date, known_from, headline;
