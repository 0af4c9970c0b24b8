-- critical: News without an act is listed only where the acts of its sort are complete.
-- table: marts.news_without_act
-- scope: build
SELECT *
FROM marts.news_without_act AS n
WHERE EXISTS (FROM marts.act_reports AS r WHERE r.event_id = n.event_id)
    OR NOT EXISTS (
        FROM core.official_act_coverage AS c
        WHERE c.authority_id = n.authority_id
            AND c.sort = n.sort
            AND c.list_id IS NOT DISTINCT FROM n.list_id
            AND c.is_complete
            AND n.date BETWEEN c.covered_from AND c.covered_until
    );
