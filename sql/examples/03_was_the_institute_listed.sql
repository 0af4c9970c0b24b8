-- Was the Institute of Forensic Science on a list on 15 November 2023, and two days later?
-- How to read it: was_listed is what we know today; was_known_to_be_listed is what a reader knew at the end of that day, before
-- the removal (in force on the 16th) was published on the 17th.
WITH parties AS (
    SELECT listing_id, name, valid_from, valid_to, citation
    FROM find_party('Institute of Forensic Science')
    WHERE matched_quality = 'strong'
),
days AS (
    SELECT unnest([DATE '2023-11-15', DATE '2023-11-16', DATE '2023-11-17']) AS day
)
SELECT
    d.day,
    p.listing_id,
    p.name,
    p.valid_from,
    p.valid_to,
    p.citation,
    (p.valid_from IS NULL OR p.valid_from <= d.day) AND (p.valid_to IS NULL OR d.day < p.valid_to) AS was_listed,
    EXISTS (
        FROM core.sanction_listings AS v
        WHERE v.listing_id = p.listing_id
            AND v.known_from < CAST(d.day + 1 AS TIMESTAMP)
            AND (v.known_to IS NULL OR v.known_to >= CAST(d.day + 1 AS TIMESTAMP))
            AND (v.valid_from IS NULL OR v.valid_from <= d.day)
            AND (v.valid_to IS NULL OR d.day < v.valid_to)
    ) AS was_known_to_be_listed
FROM parties AS p
CROSS JOIN days AS d
ORDER BY p.name, p.listing_id, d.day;
