-- Under which programs were parties added, month by month, and how many of them were Chinese?
-- How to read it: a party under several programs counts in each, so the rows of a month add up to more than its additions.
-- Programs are the canonical ones: a re-tag is no addition.
SELECT
    last_day(e.event_date) AS period_end,
    e.list_id,
    coalesce(p.program, '(none)') AS program,
    count(DISTINCT e.listing_id) AS n_added,
    count(DISTINCT e.listing_id) FILTER (d.target_id = 'CHN') AS n_added_of_china
FROM core.sanction_events AS e
LEFT JOIN (
    SELECT DISTINCT listing_id, program FROM core.sanction_programs
) AS p USING (listing_id)
LEFT JOIN marts.listing_dyads AS d USING (listing_id)
WHERE e.kind = 'added'
GROUP BY ALL
ORDER BY period_end, n_added DESC, e.list_id, program;
