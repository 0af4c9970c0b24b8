-- Listings of the one state's parties on lists of the other, as known at a moment.
SELECT
    d.source_id, d.target_id, d.list_id, d.name, d.actor_id, d.party_type, d.valid_from, d.valid_from_basis, d.valid_to, d.target_basis,
    d.listing_id
FROM (
    SELECT m.* FROM listing_dyads_as_known($known) AS m WHERE $known < end_of_time()
    UNION ALL BY NAME
    -- the table of the build holds what the macro gives by current knowledge
    SELECT m.* FROM marts.listing_dyads AS m WHERE $known >= end_of_time()
) AS d
WHERE NOT d.is_by_link AND ((d.source_id = $source AND d.target_id = $target) OR (d.source_id = $target AND d.target_id = $source))
ORDER BY d.valid_from DESC NULLS LAST, d.list_id, d.name, d.listing_id;
