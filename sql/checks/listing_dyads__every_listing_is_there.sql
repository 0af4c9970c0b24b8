-- critical: Rows in = rows out: every listing now known is here, under the state of its authority; only a mirror's may be left out, where there are data on the mirrored list.
-- table: marts.listing_dyads
-- scope: build
SELECT l.*
FROM core.sanction_listings AS l
WHERE l.known_to IS NULL
    AND NOT EXISTS (FROM marts.listing_dyads AS d WHERE d.listing_id = l.listing_id AND d.source_id IS NOT NULL)
    AND NOT EXISTS (
        FROM core.list_mirrors AS m
        JOIN core.sanction_programs AS p ON p.program = m.program
        JOIN core.sanction_lists AS o ON o.list_id = m.list_id
        WHERE m.mirror_list_id = l.list_id AND p.listing_id = l.listing_id AND o.covered_from IS NOT NULL
    );
