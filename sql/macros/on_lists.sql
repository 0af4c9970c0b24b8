-- Parties that stand on every one of some lists, by current knowledge.
-- lists: ids of the lists; one that is not known is an error.
-- Result: one row per party.
-- Column listing_ids: Its listings in force on these lists.
-- Column since: Since when it has been on all of them, as far as days are known.
-- As in: core.actors
-- Example: SELECT actor_id, name, since FROM on_lists(['us_ofac_sdn', 'us_bis_entity_list']);
CREATE OR REPLACE MACRO on_lists(lists) AS TABLE
WITH asked AS (
    SELECT
        i.list_id,
        CASE
            WHEN i.list_id IN (SELECT s.list_id FROM core.sanction_lists AS s) THEN true
            ELSE CAST(error('on_lists: there is no list ' || i.list_id) AS BOOLEAN)
        END AS is_known
    FROM (SELECT DISTINCT unnest(lists) AS list_id) AS i
),
held AS (
    SELECT l.actor_id, l.list_id, list(l.listing_id ORDER BY l.listing_id) AS listing_ids, min(l.valid_from) AS since
    FROM core.sanction_listings AS l
    JOIN asked AS a ON a.list_id = l.list_id AND a.is_known
    WHERE l.known_to IS NULL AND l.valid_to IS NULL
    GROUP BY l.actor_id, l.list_id
),
whole AS (
    SELECT h.actor_id, list_sort(flatten(list(h.listing_ids))) AS listing_ids, max(h.since) AS since
    FROM held AS h
    GROUP BY h.actor_id
    HAVING count(*) = (SELECT count(*) FROM asked AS a WHERE a.is_known)
)
SELECT w.actor_id, n.name, n.kind, n.country_id, w.listing_ids, w.since
FROM whole AS w
JOIN core.actors AS n ON n.actor_id = w.actor_id
ORDER BY n.name, w.actor_id;
COMMENT ON MACRO TABLE on_lists IS 'Parties that stand on every one of some lists, by current knowledge.';
