-- critical: A listing lies between 1900 and two years after the last day covered: a wrong century would put a party on every day of the panels. Only an end that the list itself states may lie further ahead, within this and the next century; one that was seen is not after what showed it.
-- rests on: our code: the calendar of the panels must end; no list began before 1900 or is announced two years ahead. What lists have done so far is warned of.
-- table: core.sanction_listings
-- rows: listing_id
SELECT l.listing_id, l.valid_from, l.valid_to, l.valid_to_basis, s.covered_until
FROM core.sanction_listings AS l
JOIN core.sanction_lists AS s USING (list_id)
WHERE least(l.valid_from, l.valid_to, l.valid_from_earliest, l.valid_to_earliest) < DATE '1900-01-01'
    OR l.valid_from > s.covered_until + 730
    OR l.valid_to > CASE l.valid_to_basis WHEN 'snapshot_diff' THEN s.covered_until + 60 ELSE DATE '2199-12-31' END
