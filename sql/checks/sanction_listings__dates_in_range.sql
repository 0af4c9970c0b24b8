-- critical: A listing begins and ends between 1950 and 60 days after the last day covered: rules are published at most some weeks ahead, and a wrong century would put a party on every day. Only an end that the list itself states may lie further ahead, within this and the next century.
-- table: core.sanction_listings
-- rows: listing_id
SELECT l.listing_id, l.valid_from, l.valid_to, l.valid_to_basis, s.covered_until
FROM core.sanction_listings AS l
JOIN core.sanction_lists AS s USING (list_id)
WHERE least(l.valid_from, l.valid_to, l.valid_from_earliest, l.valid_to_earliest) < DATE '1950-01-01'
    OR l.valid_from > s.covered_until + 60
    OR l.valid_to > CASE l.valid_to_basis WHEN 'snapshot_diff' THEN s.covered_until + 60 ELSE DATE '2199-12-31' END
