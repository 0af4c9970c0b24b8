-- warning: At any moment of known time a listing is suspended once for any day: where notices overlap, count days and not suspensions.
-- table: core.sanction_statuses
SELECT a.listing_id, a.valid_from, a.valid_to, a.known_from, b.valid_from AS other_valid_from, b.known_from AS other_known_from
FROM core.sanction_statuses AS a
JOIN core.sanction_statuses AS b USING (listing_id, status)
WHERE a.valid_from < b.valid_from
    AND coalesce(a.valid_to, DATE '9999-12-31') > b.valid_from
    AND greatest(a.known_from, b.known_from) < least(coalesce(a.known_to, TIMESTAMP '9999-12-31'), coalesce(b.known_to, TIMESTAMP '9999-12-31'))
