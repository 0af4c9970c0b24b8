-- critical: On the last covered day the count in force is the number of listings that are certain to be in force on it; where every list is covered, that of all whose interval holds it.
-- table: marts.dyad_day
-- scope: build
WITH last_days AS (
    SELECT source_id, target_id, max(date) AS date, arg_max(n_listings_in_force, date) AS n_counted
    FROM marts.dyad_day
    WHERE n_listings_in_force IS NOT NULL
    GROUP BY ALL
)
SELECT d.source_id, d.target_id, d.date, d.n_counted, count(l.listing_id) AS n_listings
FROM last_days AS d
LEFT JOIN marts.listing_dyads AS l
    ON l.source_id = d.source_id AND l.target_id = d.target_id
    AND l.certain_from <= d.date AND d.date < l.certain_to
GROUP BY ALL
HAVING d.n_counted <> count(l.listing_id)
UNION ALL
SELECT d.source_id, d.target_id, d.date, d.n_listings_in_force, count(l.listing_id)
FROM marts.dyad_day AS d
LEFT JOIN marts.listing_dyads AS l
    ON l.source_id = d.source_id AND l.target_id = d.target_id
    AND (l.valid_from IS NULL OR l.valid_from <= d.date) AND (l.valid_to IS NULL OR d.date < l.valid_to)
WHERE d.n_lists_covered = d.n_lists_held AND d.n_lists_held > 0 AND day(d.date) = 15
GROUP BY ALL
HAVING d.n_listings_in_force <> count(l.listing_id);
