-- warning: A listing without a state counts in no dyad: of one year's additions to a list few should be, and of what one snapshot or notice added not many more than of what was added before.
-- table: marts.listing_dyads
-- scope: build
WITH listings AS (
    SELECT
        listing_id,
        list_id,
        year(any_value(valid_from)) AS added_in,
        min(first_known) AS known_from,
        bool_and(target_id IS NULL) AS is_without
    FROM (
        SELECT d.*, min(l.known_from) OVER (PARTITION BY l.listing_id) AS first_known
        FROM marts.listing_dyads AS d
        LEFT JOIN core.sanction_listings AS l USING (listing_id)
    )
    GROUP BY listing_id, list_id
),
years AS (
    SELECT list_id, added_in, CAST(NULL AS TIMESTAMP) AS known_from, count(*) AS n_added, count(*) FILTER (is_without) AS n_without_state
    FROM listings
    GROUP BY list_id, added_in
),
vintages AS (
    SELECT
        list_id,
        CAST(NULL AS BIGINT) AS added_in,
        known_from,
        count(*) AS n_added,
        count(*) FILTER (is_without) AS n_without_state,
        lag(count(*) FILTER (is_without) / count(*)) OVER (PARTITION BY list_id ORDER BY known_from) AS share_before
    FROM listings
    GROUP BY list_id, known_from
    HAVING count(*) >= 10
)
SELECT list_id, added_in, known_from, n_added, n_without_state
FROM years
WHERE n_added >= 10 AND n_without_state > 0.25 * n_added
UNION ALL
SELECT list_id, added_in, known_from, n_added, n_without_state
FROM vintages
WHERE n_without_state > (coalesce(share_before, 0.25) + 0.25) * n_added;
