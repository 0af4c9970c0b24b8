-- Listings of one party get one actor (core.party_decisions says why), before the parties become actors.
UPDATE core.sanction_listings
SET actor_id = d.actor_id
FROM (
    SELECT listing_id, any_value(actor_id) AS actor_id
    FROM (
        SELECT listing_id, actor_id FROM core.party_decisions WHERE is_same
        UNION
        SELECT p.other_id, p.actor_id FROM core.party_decisions AS p WHERE p.is_same AND p.rule <> 'registry'
    )
    GROUP BY listing_id
) AS d
WHERE sanction_listings.listing_id = d.listing_id AND sanction_listings.actor_id <> d.actor_id;

-- Every listed party that is not an actor yet becomes one, so that sanctions join on actor_id like everything else.
-- Kind and name are those of the version known last. The country is the first of nationality, citizenship, list destination,
-- address, registration, and other evidence of it (core.target_evidence); among several of one kind the first in the alphabet, so that
-- the same history always gives the same actor.
INSERT INTO core.actors (actor_id, kind, name, country_id, sector, parent_id, valid_from, valid_to)
WITH newest AS (
    SELECT actor_id, party_type, name
    FROM core.sanction_listings
    QUALIFY row_number() OVER (PARTITION BY actor_id ORDER BY known_from DESC, listing_id DESC) = 1
),
named AS (
    -- a removal closes the countries of a listing: those that stood last are still the party's
    SELECT l.actor_id, c.country_id, c.basis
    FROM (
        SELECT listing_id, country_id, basis, known_to, false AS is_derived
        FROM core.sanction_countries
        WHERE basis NOT IN ('place_of_birth', 'remark')
        UNION ALL
        SELECT listing_id, country_id, basis, known_to, true FROM core.target_evidence WHERE strength = 'derived'
    ) AS c
    JOIN (SELECT DISTINCT listing_id, actor_id FROM core.sanction_listings) AS l USING (listing_id)
    QUALIFY coalesce(c.known_to, TIMESTAMP 'infinity')
        = max(coalesce(c.known_to, TIMESTAMP 'infinity')) OVER (PARTITION BY l.actor_id, c.is_derived)
),
countries AS (
    SELECT actor_id, country_id
    FROM named
    QUALIFY row_number() OVER (
        PARTITION BY actor_id
        ORDER BY
            list_position(
                [
                    'nationality', 'citizenship', 'list_destination', 'address', 'registration', 'identifier', 'linked_party',
                    'other_list', 'registry'
                ],
                basis
            ),
            country_id
    ) = 1
),
groups AS (
    SELECT d.actor_id, min(d.other_id) AS parent_id FROM core.party_decisions AS d WHERE d.rule = 'group' GROUP BY d.actor_id
)
SELECT n.actor_id, n.party_type, n.name, c.country_id, NULL, g.parent_id, NULL, NULL
FROM newest AS n
LEFT JOIN countries AS c USING (actor_id)
LEFT JOIN groups AS g USING (actor_id)
WHERE NOT EXISTS (FROM core.actors AS held WHERE held.actor_id = n.actor_id)
ORDER BY n.actor_id;
