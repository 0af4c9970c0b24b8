-- Days on which parties of the one state were put on or taken off a list of the other, as known at a moment: what stands in for
-- official acts in a file that has no table of them.
SELECT
    t.source_id, t.target_id, t.date,
    'listing' AS sort,
    CASE WHEN bool_and(t.headline LIKE 'Removed%' OR t.headline LIKE 'Suspended%') THEN 'eased' ELSE 'imposed' END AS effect,
    CASE WHEN count(*) = 1 THEN min(t.headline) ELSE count(*) || ' changes on lists, such as: ' || min(t.headline) END AS title,
    count(*) AS n_parties,
    min(t.citation) AS citation,
    min(t.url) AS url,
    CAST(NULL AS BIGINT) AS n_events_that_tell,
    CAST(NULL AS BIGINT) AS lag_days,
    CAST(NULL AS DOUBLE) AS score
FROM marts.timeline AS t
WHERE ((t.source_id = $source AND t.target_id = $target) OR (t.source_id = $target AND t.target_id = $source))
    AND t.kind = 'sanction'
    AND regexp_matches(t.headline, '^(Added|Removed|Suspended|Resumed)')
    AND t.known_from <= $known
    AND t.date BETWEEN $since AND $until
GROUP BY t.source_id, t.target_id, t.date
ORDER BY t.date, t.source_id;
