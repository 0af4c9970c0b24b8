-- critical: No list holds fewer than no listings, nor more in force than it holds, and the newest count is that of the listings; nothing is said to be in force on a day that is not covered.
-- table: marts.list_changes
-- scope: build
WITH newest AS (
    SELECT list_id, arg_max(n_listed, date) AS n_listed, max(date) FILTER (n_listed IS NOT NULL) AS date
    FROM marts.list_changes
    WHERE target_id = 'ALL'
    GROUP BY list_id
),
held AS (
    SELECT d.list_id, count(DISTINCT d.listing_id) AS n_listed
    FROM marts.listing_dyads AS d
    JOIN newest AS n ON n.list_id = d.list_id
        AND (d.valid_from IS NULL OR d.valid_from <= n.date) AND (d.valid_to IS NULL OR n.date < d.valid_to)
    GROUP BY d.list_id
)
SELECT list_id, target_id, date, n_listed, n_in_force
FROM marts.list_changes
WHERE n_listed < 0 OR n_added_within_gap > n_added OR (NOT is_covered AND coalesce(n_listed, n_in_force) IS NOT NULL)
    OR n_in_force < 0 OR n_in_force > n_listed
UNION ALL
SELECT n.list_id, 'ALL', NULL, n.n_listed, h.n_listed
FROM newest AS n
LEFT JOIN held AS h USING (list_id)
WHERE n.n_listed <> coalesce(h.n_listed, 0);
