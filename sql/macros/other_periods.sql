-- Of a listing that ended and came back, the periods to which an event of it does not belong.
-- A party may come back with another state, and its addition then counts for that one alone.
-- An addition (or a re-issue) belongs to the period that begins nearest to its day, a removal to the one that ends nearest to it,
-- any other event to the one that holds its day, or is nearest: days that the list corrects later keep the event first dated.
-- listings: name of a table (also of a WITH) with listing_id, valid_from and valid_to, all periods of a listing or none. known: the
-- moment, UTC; a DATE is its first instant.
-- Result: event_id, listing_id, valid_from, valid_to; no row for a listing with one period.
-- As in: core.sanction_events, core.sanction_listings
-- Example: SELECT count(*) FROM other_periods('marts.listing_dyads', end_of_time());
CREATE OR REPLACE MACRO other_periods(listings, known) AS TABLE
WITH periods AS (
    SELECT DISTINCT l.listing_id, l.valid_from, l.valid_to FROM query_table(listings) AS l
),
several AS (
    SELECT p.* FROM periods AS p QUALIFY count(*) OVER (PARTITION BY p.listing_id) > 1
)
SELECT e.event_id, e.listing_id, p.valid_from, p.valid_to
FROM core.sanction_events AS e
JOIN several AS p ON p.listing_id = e.listing_id
WHERE e.known_at <= CAST(known AS TIMESTAMP)
QUALIFY row_number() OVER (
    PARTITION BY e.event_id
    ORDER BY
        CASE
            WHEN e.kind IN ('added', 'reissued') THEN abs(p.valid_from - e.event_date)
            WHEN e.kind = 'removed' THEN abs(p.valid_to - e.event_date)
            ELSE greatest(coalesce(p.valid_from - e.event_date, 0), coalesce(e.event_date - p.valid_to, 0), 0)
        END NULLS LAST,
        p.valid_from NULLS FIRST
) > 1;
COMMENT ON MACRO TABLE other_periods IS 'Of a listing that ended and came back, the periods to which an event of it does not belong.';
