-- critical: No list holds fewer than no listings, nor more in force than it holds, and the newest count is that of the listings.
-- table: marts.list_changes
-- scope: build
WITH newest AS (
    SELECT list_id, arg_max(n_listed, date) AS n_listed
    FROM marts.list_changes
    WHERE target_id = 'ALL'
    GROUP BY list_id
),
held AS (
    SELECT list_id, count(DISTINCT listing_id) AS n_listed
    FROM marts.listing_dyads
    WHERE valid_to IS NULL
    GROUP BY list_id
)
SELECT list_id, target_id, date, n_listed, n_in_force
FROM marts.list_changes
WHERE n_listed < 0 OR n_in_force < 0 OR n_in_force > n_listed
UNION ALL
SELECT n.list_id, 'ALL', NULL, n.n_listed, h.n_listed
FROM newest AS n
LEFT JOIN held AS h USING (list_id)
WHERE n.n_listed <> coalesce(h.n_listed, 0);
