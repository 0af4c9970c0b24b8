-- Listings of the one state's parties on each list of the other: changes by day, and how many stand from that day on, as known at
-- a moment. A listing that was there already in the first snapshot counts from the first day that the list is held. Rows without a
-- change mark where the coverage of the list begins and ends; is_covered holds from the day of its row until the next.
WITH spans AS (
    -- the table of the build holds what the macro gives by current knowledge, and reading it costs a tenth
    SELECT DISTINCT d.listing_id, d.list_id, d.source_id, d.target_id, d.valid_from, d.valid_to
    FROM (
        SELECT m.* FROM listing_dyads_as_known($known) AS m WHERE $known < end_of_time()
        UNION ALL BY NAME
        SELECT m.* FROM marts.listing_dyads AS m WHERE $known >= end_of_time()
    ) AS d
    WHERE NOT d.is_by_link AND ((d.source_id = $source AND d.target_id = $target) OR (d.source_id = $target AND d.target_id = $source))
),
covered AS (
    SELECT c.list_id, c.covered_from, c.covered_to FROM list_coverage_as_known($known) AS c WHERE c.covers = 'both'
),
openings AS (
    SELECT
        s.list_id, s.source_id, s.target_id,
        least(min(l.covered_from), min(s.valid_from), min(s.valid_to)) AS date,
        count(*) FILTER (s.valid_from IS NULL) AS n_before
    FROM spans AS s
    JOIN core.sanction_lists AS l USING (list_id)
    GROUP BY ALL
),
changes AS (
    SELECT o.list_id, o.source_id, o.target_id, o.date, 0 AS added, 0 AS removed FROM openings AS o
    UNION ALL
    SELECT s.list_id, s.source_id, s.target_id, s.valid_from, 1, 0 FROM spans AS s WHERE s.valid_from IS NOT NULL
    UNION ALL
    SELECT s.list_id, s.source_id, s.target_id, s.valid_to, 0, 1 FROM spans AS s WHERE s.valid_to IS NOT NULL
    UNION ALL
    SELECT o.list_id, o.source_id, o.target_id, c.covered_from, 0, 0 FROM openings AS o JOIN covered AS c USING (list_id)
    UNION ALL
    SELECT o.list_id, o.source_id, o.target_id, c.covered_to, 0, 0 FROM openings AS o JOIN covered AS c USING (list_id)
),
days AS (
    SELECT c.list_id, c.source_id, c.target_id, c.date, sum(c.added) AS n_added, sum(c.removed) AS n_removed
    FROM changes AS c
    GROUP BY ALL
)
SELECT
    d.source_id, d.target_id, d.list_id, l.name AS list_name, d.date,
    CAST(d.n_added AS BIGINT) AS n_added,
    CAST(d.n_removed AS BIGINT) AS n_removed,
    CAST(o.n_before + sum(d.n_added - d.n_removed) OVER (
        PARTITION BY d.list_id, d.source_id, d.target_id ORDER BY d.date
    ) AS BIGINT) AS n_in_force,
    EXISTS (
        SELECT 1 FROM covered AS c WHERE c.list_id = d.list_id AND c.covered_from <= d.date AND d.date < c.covered_to
    ) AS is_covered,
    (SELECT max(c.covered_to) - 1 FROM covered AS c WHERE c.list_id = d.list_id) AS last_covered
FROM days AS d
JOIN openings AS o ON o.list_id = d.list_id AND o.source_id = d.source_id AND o.target_id = d.target_id
JOIN core.sanction_lists AS l ON l.list_id = d.list_id
ORDER BY d.source_id DESC, d.list_id, d.date;
