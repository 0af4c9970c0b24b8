-- critical: Per list: the listings with an unknown start, plus those added, minus those removed up to the last day covered, are the listings in force after it. A re-issued id counts neither way. A mass delisting by mistake, or a lost event, shows here.
-- table: core.sanction_events
WITH listings AS (
    -- what was removed before the day on which it was to begin ends on that day: its event says that it is gone already
    SELECT l.list_id,
        count(DISTINCT l.listing_id) FILTER (l.valid_from_basis = 'left_censored') AS n_unknown_start,
        count(*) FILTER (l.valid_to IS NULL OR (l.valid_to > s.covered_until AND r.event_id IS NULL)) AS n_in_force
    FROM core.sanction_listings AS l
    JOIN core.sanction_lists AS s USING (list_id)
    LEFT JOIN core.sanction_events AS r
        ON r.listing_id = l.listing_id AND r.kind = 'removed' AND r.known_at = l.known_from AND l.valid_from = l.valid_to
    WHERE l.known_to IS NULL
    GROUP BY l.list_id
),
events AS (
    SELECT e.list_id,
        count(*) FILTER (e.kind = 'added') AS n_added,
        count(*) FILTER (e.kind = 'removed' AND e.event_date <= s.covered_until) AS n_removed
    FROM core.sanction_events AS e
    JOIN core.sanction_lists AS s USING (list_id)
    GROUP BY e.list_id
)
SELECT list_id, n_unknown_start, coalesce(n_added, 0) AS n_added, coalesce(n_removed, 0) AS n_removed, n_in_force
FROM listings
LEFT JOIN events USING (list_id)
WHERE n_unknown_start + coalesce(n_added, 0) - coalesce(n_removed, 0) <> n_in_force
