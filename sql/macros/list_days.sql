-- Every list by target state, day by day: added, removed, suspended, in force, by current knowledge.
-- since: the first day (DATE or text), in the authority's time zone. until: the last day.
-- Result: one row per list, target state and day. All counts are NULL on days that the list does not cover: before the first edition here, after the last, and in
-- a gap between two (core.list_coverage). A list has no rows on days before it is known to have named anyone.
-- Column target_id: A state of the parties; NULL: none known; ALL: all listings of the list, each once. A party of several states
-- counts for each: never add them up.
-- Column date: The day, in the authority's time zone.
-- Column n_added: Listings added on the day.
-- Column n_removed: Listings removed on the day.
-- Column n_suspended: Listings suspended on the day.
-- Column n_resumed: Listings whose suspension ended on the day.
-- Column n_listed: Listings on the list at the end of the day, suspended ones too: a stock.
-- Column n_in_force: Listings in force at the end of the day, suspended ones left out: a stock.
-- Column is_covered: Whether the list covers the day.
-- Column n_added_within_gap: Of n_added, those of an unknown day since the edition before.
-- Column n_listings_target_unknown: All listings of the list without a known target state: they may add to n_listed of any state.
-- As in: marts.listing_dyads
-- Example: SELECT date, n_in_force FROM list_days('2023-10-01', '2023-12-31') WHERE list_id = 'us_ofac_sdn' AND target_id = 'CHN';
CREATE OR REPLACE MACRO list_days(since, until) AS TABLE
WITH stands AS (
    SELECT
        c.*,
        lead(c.date) OVER (PARTITION BY c.list_id, c.target_id ORDER BY c.date) AS next_date
    FROM marts.list_changes AS c
),
unknown_days AS (
    SELECT
        s.list_id,
        CAST(unnest(generate_series(
            greatest(s.date, CAST(since AS DATE)),
            least(coalesce(s.next_date - 1, CAST(until AS DATE)), CAST(until AS DATE)),
            INTERVAL 1 DAY
        )) AS DATE) AS date,
        s.n_listed
    FROM stands AS s
    WHERE s.target_id IS NULL AND s.date <= CAST(until AS DATE) AND (s.next_date IS NULL OR s.next_date > CAST(since AS DATE))
)
SELECT
    s.list_id,
    s.authority_id,
    s.source_id,
    s.target_id,
    CAST(d.day AS DATE) AS date,
    CASE WHEN s.is_covered THEN CASE WHEN d.day = s.date THEN s.n_added ELSE 0 END END AS n_added,
    CASE WHEN s.is_covered THEN CASE WHEN d.day = s.date THEN s.n_removed ELSE 0 END END AS n_removed,
    CASE WHEN s.is_covered THEN CASE WHEN d.day = s.date THEN s.n_suspended ELSE 0 END END AS n_suspended,
    CASE WHEN s.is_covered THEN CASE WHEN d.day = s.date THEN s.n_resumed ELSE 0 END END AS n_resumed,
    s.n_listed,
    s.n_in_force,
    s.is_covered,
    CASE WHEN s.is_covered THEN CASE WHEN d.day = s.date THEN s.n_added_within_gap ELSE 0 END END AS n_added_within_gap,
    CASE WHEN s.is_covered THEN coalesce(u.n_listed, 0) END AS n_listings_target_unknown
FROM stands AS s
CROSS JOIN LATERAL (
    SELECT unnest(generate_series(
        greatest(s.date, CAST(since AS DATE)),
        least(coalesce(s.next_date - 1, CAST(until AS DATE)), CAST(until AS DATE)),
        INTERVAL 1 DAY
    )) AS day
) AS d
LEFT JOIN unknown_days AS u ON u.list_id = s.list_id AND u.date = CAST(d.day AS DATE)
WHERE s.date <= CAST(until AS DATE) AND (s.next_date IS NULL OR s.next_date > CAST(since AS DATE));
COMMENT ON MACRO TABLE list_days IS 'Every list by target state, day by day: added, removed, suspended, in force, by current knowledge.';
