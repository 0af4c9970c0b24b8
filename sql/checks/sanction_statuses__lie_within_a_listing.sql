-- warning: A suspension is that of a listing, and begins before that ends: what is not on the list cannot be suspended, so that one of the two dates is wrong.
-- table: core.sanction_statuses
SELECT d.*
FROM core.sanction_statuses AS d
WHERE NOT EXISTS (
    FROM core.sanction_listings AS l WHERE l.listing_id = d.listing_id AND (l.valid_to IS NULL OR d.valid_from <= l.valid_to)
)
