-- critical: Per list: the listings with an unknown start, plus those added, minus those removed, are the listings in force. A re-issued id counts neither way. A mass delisting by mistake, or a lost event, shows here.
-- table: core.sanction_events
WITH listings AS (
    SELECT list_id,
        count(DISTINCT listing_id) FILTER (valid_from_basis = 'left_censored') AS n_unknown_start,
        count(*) FILTER (known_to IS NULL AND valid_to IS NULL) AS n_in_force
    FROM core.sanction_listings
    GROUP BY list_id
),
events AS (
    SELECT list_id, count(*) FILTER (kind = 'added') AS n_added, count(*) FILTER (kind = 'removed') AS n_removed
    FROM core.sanction_events
    GROUP BY list_id
)
SELECT list_id, n_unknown_start, coalesce(n_added, 0) AS n_added, coalesce(n_removed, 0) AS n_removed, n_in_force
FROM listings
LEFT JOIN events USING (list_id)
WHERE n_unknown_start + coalesce(n_added, 0) - coalesce(n_removed, 0) <> n_in_force
