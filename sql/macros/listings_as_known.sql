-- All listings, each in the version that stood at a moment, with the days on which it is certain to have been in force.
-- known: the moment, UTC; a DATE is its first instant.
-- Result: the columns of core.sanction_listings, then certain_from and certain_to (half-open: from its start, or the first edition
-- that showed it, to its end, the last edition that showed it before a gap, or the last edition), is_within_gap (it came at an
-- unknown day between two editions too far apart: after valid_from_earliest, by valid_from), vintage_date, vintage_age_days (as in
-- list_coverage_as_known). Only rows of core with known_from at or before that moment are read.
-- Example: SELECT count(*) FILTER (is_within_gap) FROM listings_as_known(DATE '2023-01-01') WHERE list_id = 'us_ofac_sdn';
CREATE OR REPLACE MACRO listings_as_known(known) AS TABLE
WITH spans AS (
    SELECT c.* FROM list_coverage_as_known(known) AS c
),
lists_then AS (
    SELECT
        c.list_id,
        min(c.covered_from) FILTER (c.covers = 'both') AS first_day,
        max(c.covered_to) FILTER (c.covers = 'both') AS end_day,
        max(c.vintage_date) AS vintage_date,
        max(c.vintage_age_days) AS vintage_age_days
    FROM spans AS c
    GROUP BY c.list_id
),
after_gaps AS (
    -- what the first edition after a gap shows for the first time, or no more, came or went on a day that is not known
    SELECT c.list_id, c.covered_from AS day
    FROM spans AS c
    JOIN lists_then AS t ON t.list_id = c.list_id AND c.covered_from > t.first_day
    WHERE c.covers = 'both' AND c.basis <> 'record'
)
SELECT
    l.*,
    coalesce(l.valid_from, t.first_day) AS certain_from,
    CASE
        WHEN l.valid_to_basis = 'snapshot_diff' AND gone.day IS NOT NULL THEN l.valid_to_earliest + 1
        -- an end that the list states may be put off or brought forward by a later edition
        WHEN l.valid_to IS NULL OR (l.valid_to > t.end_day AND l.valid_to_basis = 'source_field')
            THEN greatest(t.end_day, coalesce(l.valid_from, t.first_day) + 1)
        ELSE l.valid_to
    END AS certain_to,
    came.day IS NOT NULL AND l.valid_from_basis = 'snapshot_diff' AS is_within_gap,
    t.vintage_date,
    t.vintage_age_days
FROM core.sanction_listings AS l
LEFT JOIN lists_then AS t ON t.list_id = l.list_id
LEFT JOIN after_gaps AS came ON came.list_id = l.list_id AND came.day = l.valid_from
LEFT JOIN after_gaps AS gone ON gone.list_id = l.list_id AND gone.day = l.valid_to
WHERE l.known_from <= CAST(known AS TIMESTAMP) AND (l.known_to IS NULL OR CAST(known AS TIMESTAMP) < l.known_to);
COMMENT ON MACRO TABLE listings_as_known IS 'All listings, each in the version that stood at a moment, with the days on which it is certain to have been in force.';
