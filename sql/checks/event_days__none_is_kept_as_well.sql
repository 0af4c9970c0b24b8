-- critical: Of a pair of which GDELT's events are counted by day alone, none that a panel counts is a row of core.events too: it would count twice.
-- table: core.event_days
-- scope: build
WITH pairs AS (
    SELECT DISTINCT
        d.origin,
        dyad_side(d.source_id, d.source_country_id) AS source_id,
        dyad_side(d.target_id, d.target_country_id) AS target_id
    FROM core.event_days AS d
)
SELECT p.*, count(*) AS n_rows
FROM core.events AS e
JOIN pairs AS p
    ON p.origin = e.origin
    AND p.source_id IS NOT DISTINCT FROM dyad_side(e.source_id, e.source_country_id)
    AND p.target_id IS NOT DISTINCT FROM dyad_side(e.target_id, e.target_country_id)
WHERE happened_on_a_day(e)
GROUP BY ALL;
