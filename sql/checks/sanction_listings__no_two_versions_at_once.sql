-- critical: At any moment of known time a listing is described once for any day: versions that are current together cover days that do not overlap, else listed_on and listed_as_known give a party twice.
-- table: core.sanction_listings
SELECT a.listing_id, a.valid_from, a.valid_to, a.known_from, a.known_to,
    b.valid_from AS other_valid_from, b.valid_to AS other_valid_to, b.known_from AS other_known_from
FROM core.sanction_listings AS a
JOIN core.sanction_listings AS b ON b.listing_id = a.listing_id AND a.known_from < b.known_from
WHERE (a.known_to IS NULL OR b.known_from < a.known_to)
    AND (a.valid_from < a.valid_to) IS NOT FALSE
    AND (b.valid_from < b.valid_to) IS NOT FALSE
    AND coalesce(a.valid_from, DATE '0001-01-01') < coalesce(b.valid_to, DATE '9999-12-31')
    AND coalesce(b.valid_from, DATE '0001-01-01') < coalesce(a.valid_to, DATE '9999-12-31')
