-- critical: On the last covered day the count in force is the number of listings that are certain to be in force on it; where every list is covered, that of all whose interval holds it.
-- table: marts.dyad_day
-- scope: build
WITH last_spans AS (
    SELECT source_id, target_id, max(to_date) - 1 AS date, arg_max(n_listings_in_force, from_date) AS n_counted
    FROM marts.dyad_spans
    WHERE n_listings_in_force IS NOT NULL
    GROUP BY ALL
)
SELECT d.source_id, d.target_id, d.date, d.n_counted, count(l.listing_id) AS n_listings
FROM last_spans AS d
LEFT JOIN marts.listing_dyads AS l
    ON l.source_id = d.source_id AND l.target_id = d.target_id
    AND l.certain_from <= d.date AND d.date < l.certain_to
GROUP BY ALL
HAVING d.n_counted <> count(l.listing_id)
UNION ALL
-- those that hold a day of the span hold all of them
SELECT d.source_id, d.target_id, d.from_date, d.n_listings_in_force, count(l.listing_id)
FROM marts.dyad_spans AS d
LEFT JOIN marts.listing_dyads AS l
    ON l.source_id = d.source_id AND l.target_id = d.target_id
    AND coalesce(l.valid_from, d.from_date) < d.to_date AND d.from_date < coalesce(l.valid_to, d.to_date)
    AND coalesce(l.valid_from < l.valid_to, true)
WHERE d.n_lists_covered = d.n_lists_held AND d.n_lists_held > 0
GROUP BY ALL
HAVING d.n_listings_in_force <> count(l.listing_id)
    OR d.n_listings_in_force <> count(*) FILTER (
        coalesce(l.valid_from, d.from_date) <= d.from_date AND d.to_date <= coalesce(l.valid_to, d.to_date) AND l.listing_id IS NOT NULL
    );
