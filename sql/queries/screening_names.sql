-- Every name of a listed party as its distinctive words, and what the registry of actors calls the party besides.
WITH bearers AS (
    SELECT l.listing_id, any_value(l.actor_id) AS party
    FROM core.sanction_listings AS l
    WHERE l.known_to IS NULL
    GROUP BY l.listing_id
),
names AS (
    SELECT p.name_no, b.party, p.words
    FROM marts.party_names AS p
    JOIN bearers AS b ON b.listing_id = p.listing_id
),
firsts AS (
    SELECT n.party, min(n.name_no) AS name_no FROM names AS n GROUP BY n.party
)
SELECT n.name_no, n.party, n.words FROM names AS n
UNION ALL
SELECT f.name_no, f.party, list_distinct(distinctive_words(r.key))
FROM marts.registry_names AS r
JOIN firsts AS f ON f.party = r.actor_id
ORDER BY ALL;
