-- Which Chinese parties were listed on 14 November 2023 under drug programs, and since when?
-- How to read it: valid_from is the day of the listing in Washington; NULL with basis left_censored means "already there in the
-- first list here". From comparing snapshots it is an upper bound, valid_from_earliest is the lower one.
SELECT
    l.listing_id,
    l.name,
    string_agg(DISTINCT p.program, ', ' ORDER BY p.program) AS programs,
    l.valid_from,
    l.valid_from_earliest,
    l.valid_from_basis
FROM listed_on(DATE '2023-11-14') AS l
JOIN marts.listing_dyads AS d USING (listing_id)
JOIN core.sanction_programs AS p USING (listing_id)
WHERE d.target_id = 'CHN'
    AND (p.program LIKE 'ILLICIT-DRUGS%' OR p.program IN ('SDNT', 'SDNTK'))
    AND p.known_to IS NULL
    AND (p.valid_from IS NULL OR p.valid_from <= DATE '2023-11-14')
    AND (p.valid_to IS NULL OR DATE '2023-11-14' < p.valid_to)
GROUP BY ALL
ORDER BY l.valid_from NULLS FIRST, l.name;
