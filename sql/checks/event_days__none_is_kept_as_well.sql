-- critical: Of a pair of which GDELT's events are counted by day alone, none that a panel counts is a row of core.events too: it would count twice.
-- table: core.event_days
-- scope: build
WITH pairs AS (
    SELECT DISTINCT d.origin, d.source_country_id, d.target_country_id FROM core.event_days AS d
)
SELECT p.*, count(*) AS n_rows
FROM core.events AS e
JOIN pairs AS p
    ON p.origin = e.origin
    AND p.source_country_id IS NOT DISTINCT FROM e.source_country_id
    AND p.target_country_id IS NOT DISTINCT FROM e.target_country_id
WHERE happened_on_a_day(e)
GROUP BY ALL;
