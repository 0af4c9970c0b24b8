-- What is held: runs of days of news by source, the days that each list between the two covers (in part: additions alone, or some), and days on which a new
-- vintage of the counts of either became known.
WITH days AS (
    SELECT d.source, d.date, max(d.coverage_share) >= 1 AS is_whole
    FROM (
        SELECT n.source, n.date, n.coverage_share FROM core.news_coverage AS n WHERE n.covers = 'events' AND n.known_from <= $known
        UNION ALL
        SELECT p.source, p.date, 1
        FROM core.news_pair_coverage AS p
        WHERE p.low_id = least($source, $target) AND p.high_id = greatest($source, $target) AND p.known_from <= $known
    ) AS d
    GROUP BY d.source, d.date
),
news AS (
    SELECT d.*, d.date - CAST(row_number() OVER (PARTITION BY d.source, d.is_whole ORDER BY d.date) AS INTEGER) AS run
    FROM days AS d
)
SELECT 'news' AS kind, n.source AS name, min(n.date) AS since, max(n.date) AS until, n.is_whole
FROM news AS n
GROUP BY n.source, n.is_whole, n.run
UNION ALL
SELECT DISTINCT 'list', c.list_id, c.covered_from, c.covered_to - 1, c.covers = 'both'
FROM list_coverage_as_known($known) AS c
JOIN marts.listing_dyads AS d USING (list_id)
WHERE (d.source_id = $source AND d.target_id = $target) OR (d.source_id = $target AND d.target_id = $source)
UNION ALL
SELECT DISTINCT 'vintage', v.source, CAST(v.known_from AS DATE), CAST(v.known_from AS DATE), true
FROM core.overdose_vintages AS v
WHERE v.actor_id IN ($source, $target) AND v.measure = 'deaths_12m' AND v.known_from <= $known
ORDER BY ALL;
