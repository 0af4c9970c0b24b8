-- Listings of a party on all lists, as known at a moment, with the days on which each is certain to have been in force.
SELECT
    l.listing_id, l.list_id, s.name AS list_name, s.authority_id, l.name, l.party_type,
    l.valid_from, l.valid_from_earliest, l.valid_from_basis, l.valid_to, l.valid_to_earliest, l.valid_to_basis,
    l.certain_from, l.certain_to, l.is_within_gap, l.vintage_date, l.vintage_age_days,
    (
        SELECT array_to_string(list_sort(list_distinct(list(p.program))), ', ')
        FROM core.sanction_programs AS p
        WHERE p.listing_id = l.listing_id AND p.known_from <= $known AND (p.known_to IS NULL OR $known < p.known_to)
    ) AS programs,
    l.citation, l.url, l.known_from
FROM listings_as_known($known) AS l
JOIN core.sanction_lists AS s ON s.list_id = l.list_id
-- who is one party with whom is decided by current knowledge
WHERE l.listing_id IN (SELECT c.listing_id FROM core.sanction_listings AS c WHERE c.actor_id = $actor)
ORDER BY l.valid_from NULLS FIRST, l.list_id, l.listing_id;
