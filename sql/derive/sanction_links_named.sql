-- A link that gives only a name points to the listing of that primary name, on the same list, else on the publisher's other lists.
-- Where two listings bear the name, which is meant is not known.
UPDATE core.sanction_links
SET linked_listing_id = n.linked_listing_id
FROM (
    SELECT
        k.listing_id,
        k.linked_name,
        CASE
            WHEN count(DISTINCT b.listing_id) FILTER (b.list_id = o.list_id) = 1
                THEN min(b.listing_id) FILTER (b.list_id = o.list_id)
            WHEN bool_and(b.list_id <> o.list_id) AND count(DISTINCT b.listing_id) = 1 THEN min(b.listing_id)
        END AS linked_listing_id
    FROM core.sanction_links AS k
    JOIN core.sanction_listings AS o ON o.listing_id = k.listing_id
    JOIN core.sanction_lists AS s ON s.list_id = o.list_id
    JOIN core.sanction_lists AS t ON t.authority_id = s.authority_id
    JOIN core.sanction_listings AS b ON b.list_id = t.list_id AND b.name = k.linked_name AND b.listing_id <> k.listing_id
    WHERE k.linked_listing_id IS NULL
    GROUP BY k.listing_id, k.linked_name
) AS n
WHERE sanction_links.listing_id = n.listing_id
    AND sanction_links.linked_name = n.linked_name
    AND sanction_links.linked_listing_id IS NULL;
