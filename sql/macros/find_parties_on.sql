-- Listed parties whose names are like those asked for, and that were or may have been listed on a day, by current knowledge.
-- names: VARCHAR[], as find_parties takes them. d: the day (DATE or text), in the authority's time zone.
-- Result: the columns of find_parties, then certainty. A list that does not cover the day may have named others:
-- list_coverage_on(d).
-- As in: listed_as_known
-- Example: SELECT name, list_id, certainty FROM find_parties_on(['Huawei'], DATE '2023-11-15');
CREATE OR REPLACE MACRO find_parties_on(names, d) AS TABLE
WITH listed AS (
    SELECT l.listing_id, l.valid_from, l.certainty FROM listed_on(d) AS l
),
arriving AS (
    -- of one party the day of its addition is asked: between two editions it may have come on any
    SELECT a.listing_id, a.valid_from
    FROM core.sanction_listings AS a
    WHERE a.known_to IS NULL AND a.valid_from_earliest <= CAST(d AS DATE) AND CAST(d AS DATE) < a.valid_from
)
SELECT f.*, coalesce(l.certainty, 'possible') AS certainty
FROM find_parties(names) AS f
LEFT JOIN listed AS l ON l.listing_id = f.listing_id AND l.valid_from IS NOT DISTINCT FROM f.valid_from
LEFT JOIN arriving AS a ON a.listing_id = f.listing_id AND a.valid_from = f.valid_from
WHERE l.listing_id IS NOT NULL OR a.listing_id IS NOT NULL
ORDER BY f.asked_no, f.score DESC, f.matched_quality, f.listing_id, f.valid_from;
COMMENT ON MACRO TABLE find_parties_on IS 'Listed parties whose names are like those asked for, and that were or may have been listed on a day, by current knowledge.';
