-- warning: A listing begins between 1950 and 60 days after the last day covered: rules were published at most some weeks ahead so far, and a day outside may be a wrong year.
-- table: core.sanction_listings
SELECT l.listing_id, l.valid_from, l.valid_from_earliest, s.covered_until
FROM core.sanction_listings AS l
JOIN core.sanction_lists AS s USING (list_id)
WHERE least(l.valid_from, l.valid_from_earliest) < DATE '1950-01-01' OR l.valid_from > s.covered_until + 60
