-- critical: A listing in force has one primary name, that of the listing; one that was seen to be gone has no open name. (What ended on a day stated by the list may still be shown by it, with its names.)
-- table: core.sanction_names
-- rows: core.sanction_listings: listing_id
WITH current_listings AS (
    SELECT listing_id,
        arg_max(name, known_from) AS name,
        bool_or(valid_to IS NULL) AS is_in_force,
        bool_or(valid_to IS NULL OR valid_to_basis <> 'snapshot_diff') AS may_be_shown
    FROM core.sanction_listings
    WHERE known_to IS NULL
    GROUP BY listing_id
),
open_names AS (
    SELECT listing_id, list(name) FILTER (kind = 'primary') AS primary_names FROM core.sanction_names WHERE known_to IS NULL GROUP BY listing_id
)
SELECT listing_id, l.name, n.primary_names
FROM current_listings AS l
FULL JOIN open_names AS n USING (listing_id)
WHERE n.primary_names IS DISTINCT FROM [l.name] AND (l.is_in_force OR n.listing_id IS NOT NULL)
    OR n.listing_id IS NOT NULL AND NOT coalesce(l.may_be_shown, false)
