-- critical: On the last day the count in force is the number of listings that have begun and not ended, and on each day it lies between those that are certain and those that are possible; where every list is covered, it is that of all whose interval holds the day.
-- table: marts.dyad_day
-- scope: build
WITH last_spans AS (
    SELECT
        source_id,
        target_id,
        max(to_date) - 1 AS date,
        arg_max(coalesce(n_listings_in_force, 0), from_date) AS n_counted,
        arg_max(coalesce(n_listings_by_link, 0), from_date) AS n_linked
    FROM marts.dyad_spans
    GROUP BY ALL
)
SELECT d.source_id, d.target_id, d.date, d.n_counted, count(l.listing_id) AS n_listings
FROM last_spans AS d
LEFT JOIN marts.listing_dyads AS l
    ON l.source_id = d.source_id AND l.target_id = d.target_id
    AND l.seen_from <= d.date AND d.date < coalesce(l.valid_to, DATE 'infinity')
GROUP BY ALL
HAVING d.n_counted <> count(l.listing_id) FILTER (NOT l.is_by_link) OR any_value(d.n_linked) <> count(l.listing_id) FILTER (l.is_by_link)
UNION ALL
SELECT source_id, target_id, from_date, n_listings_in_force, n_listings_certain
FROM marts.dyad_spans
WHERE coalesce(n_listings_certain, 0) > coalesce(n_listings_in_force, 0)
    OR coalesce(n_listings_in_force, 0) > coalesce(n_listings_possible, 0)
    OR coalesce(n_parties_in_force, 0) > coalesce(n_listings_in_force, 0)
    OR coalesce(n_listings_not_contradicted, 0) > coalesce(n_listings_in_force, 0)
    OR coalesce(n_listings_without_vessels, 0) > coalesce(n_listings_in_force, 0)
UNION ALL
-- those that hold a day of the span hold all of them
SELECT d.source_id, d.target_id, d.from_date, d.n_listings_in_force, count(l.listing_id)
FROM marts.dyad_spans AS d
LEFT JOIN marts.listing_dyads AS l
    ON l.source_id = d.source_id AND l.target_id = d.target_id AND NOT l.is_by_link
    AND coalesce(l.valid_from, d.from_date) < d.to_date AND d.from_date < coalesce(l.valid_to, d.to_date)
    AND coalesce(l.valid_from < l.valid_to, true)
WHERE d.n_lists_covered = d.n_lists_held AND d.n_lists_held > 0
GROUP BY ALL
HAVING d.n_listings_in_force <> count(l.listing_id)
    OR d.n_listings_in_force <> count(*) FILTER (
        coalesce(l.valid_from, d.from_date) <= d.from_date AND d.to_date <= coalesce(l.valid_to, d.to_date) AND l.listing_id IS NOT NULL
    );
