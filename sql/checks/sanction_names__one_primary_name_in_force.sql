-- critical: A listing in force has one primary name, the one that stands in the listing; a listing that ended has no open name.
-- table: core.sanction_names
WITH in_force AS (
    SELECT listing_id, name FROM core.sanction_listings WHERE known_to IS NULL AND valid_to IS NULL
),
open_names AS (
    SELECT listing_id, list(name) FILTER (kind = 'primary') AS primary_names FROM core.sanction_names WHERE known_to IS NULL GROUP BY listing_id
)
SELECT listing_id, l.name, n.primary_names
FROM in_force AS l
FULL JOIN open_names AS n USING (listing_id)
WHERE n.primary_names IS DISTINCT FROM [l.name]
