-- What changed on one list for one target state on one day, and how many of its listings are in force from that day on.
-- grain: list_id, target_id, date
CREATE TABLE marts.list_changes AS
WITH spans AS (
    SELECT DISTINCT listing_id, list_id, authority_id, source_id, target_id, valid_from, valid_to, is_within_gap
    FROM marts.listing_dyads
    UNION ALL
    -- a listing with several target states counts once in all of them together
    SELECT DISTINCT listing_id, list_id, authority_id, source_id, 'ALL', valid_from, valid_to, is_within_gap
    FROM marts.listing_dyads
),
covered AS (
    SELECT list_id, covered_from, covered_to FROM core.list_coverage WHERE covers = 'both' AND known_to IS NULL
),
suspensions AS (
    SELECT
        s.list_id, s.authority_id, s.source_id, s.target_id,
        greatest(t.valid_from, s.valid_from) AS starts_on,
        least(t.valid_to, s.valid_to) AS ends_on
    FROM spans AS s
    JOIN core.sanction_statuses AS t ON t.listing_id = s.listing_id AND t.status = 'suspended' AND t.known_to IS NULL
    WHERE (s.valid_to IS NULL OR t.valid_from < s.valid_to) AND (t.valid_to IS NULL OR s.valid_from IS NULL OR s.valid_from < t.valid_to)
),
openings AS (
    SELECT
        s.list_id, s.authority_id, s.source_id, s.target_id,
        least(min(l.covered_from), min(s.valid_from), min(s.valid_to)) AS date,
        count(*) FILTER (s.valid_from IS NULL) AS n_before
    FROM spans AS s
    JOIN core.sanction_lists AS l USING (list_id)
    GROUP BY ALL
),
changes AS (
    SELECT list_id, target_id, date, 0 AS added, 0 AS within_gap, 0 AS removed, 0 AS suspended, 0 AS resumed FROM openings
    UNION ALL
    SELECT list_id, target_id, valid_from, 1, CAST(is_within_gap AS INTEGER), 0, 0, 0 FROM spans WHERE valid_from IS NOT NULL
    UNION ALL
    SELECT list_id, target_id, valid_to, 0, 0, 1, 0, 0 FROM spans WHERE valid_to IS NOT NULL
    UNION ALL
    SELECT list_id, target_id, starts_on, 0, 0, 0, 1, 0 FROM suspensions
    UNION ALL
    SELECT list_id, target_id, ends_on, 0, 0, 0, 0, 1 FROM suspensions WHERE ends_on IS NOT NULL
    UNION ALL
    -- what is known changes where the list begins to be covered, and where it ceases
    SELECT o.list_id, o.target_id, c.covered_from, 0, 0, 0, 0, 0 FROM openings AS o JOIN covered AS c USING (list_id)
    UNION ALL
    SELECT o.list_id, o.target_id, c.covered_to, 0, 0, 0, 0, 0 FROM openings AS o JOIN covered AS c USING (list_id)
),
days AS (
    SELECT
        list_id, target_id, date, sum(added) AS n_added, sum(within_gap) AS n_within_gap, sum(removed) AS n_removed,
        sum(suspended) AS n_suspended, sum(resumed) AS n_resumed
    FROM changes
    GROUP BY ALL
),
counted AS (
    SELECT
        o.list_id,
        o.authority_id,
        o.source_id,
        o.target_id,
        d.date,
        d.n_added,
        d.n_within_gap,
        d.n_removed,
        d.n_suspended,
        d.n_resumed,
        o.n_before + sum(d.n_added - d.n_removed) OVER so_far AS n_listed,
        o.n_before + sum(d.n_added - d.n_removed - d.n_suspended + d.n_resumed) OVER so_far AS n_in_force,
        EXISTS (FROM covered AS c WHERE c.list_id = d.list_id AND c.covered_from <= d.date AND d.date < c.covered_to) AS is_covered
    FROM days AS d
    JOIN openings AS o ON o.list_id = d.list_id AND o.target_id IS NOT DISTINCT FROM d.target_id
    WINDOW so_far AS (PARTITION BY d.list_id, d.target_id ORDER BY d.date)
)
SELECT
    d.list_id,
    d.authority_id,
    d.source_id,
    d.target_id,
    d.date,
    -- outside of what is covered a change that is held is one of an unknown number, and none is none that is held
    CAST(CASE WHEN d.is_covered THEN d.n_added ELSE nullif(d.n_added, 0) END AS INTEGER) AS n_added,
    CAST(CASE WHEN d.is_covered THEN d.n_removed ELSE nullif(d.n_removed, 0) END AS INTEGER) AS n_removed,
    CAST(CASE WHEN d.is_covered THEN d.n_suspended ELSE nullif(d.n_suspended, 0) END AS INTEGER) AS n_suspended,
    CAST(CASE WHEN d.is_covered THEN d.n_resumed ELSE nullif(d.n_resumed, 0) END AS INTEGER) AS n_resumed,
    CAST(CASE WHEN d.is_covered THEN d.n_listed END AS INTEGER) AS n_listed,
    CAST(CASE WHEN d.is_covered THEN d.n_in_force END AS INTEGER) AS n_in_force,
    d.is_covered,
    CAST(CASE WHEN d.is_covered THEN d.n_within_gap ELSE nullif(d.n_within_gap, 0) END AS INTEGER) AS n_added_within_gap
FROM counted AS d
ORDER BY d.list_id, d.target_id, d.date;
COMMENT ON TABLE marts.list_changes IS 'Lists by target state: days with changes, by current knowledge; the macro list_days gives every day. Where the list is not covered (is_covered, core.list_coverage) a change stands as far as known, none is NULL, and so is what stands. Rows without a change mark where the coverage begins and ends. Never add up target states: a listing may have several; the row ALL counts it once.';
COMMENT ON COLUMN marts.list_changes.list_id IS 'The list.';
COMMENT ON COLUMN marts.list_changes.authority_id IS 'The body that keeps it.';
COMMENT ON COLUMN marts.list_changes.source_id IS 'Its state; UN or EU where it belongs to one of these.';
COMMENT ON COLUMN marts.list_changes.target_id IS 'The target state; NULL where none is known; ALL for all listings of the list.';
COMMENT ON COLUMN marts.list_changes.date IS 'The day, in the authority''s time zone.';
COMMENT ON COLUMN marts.list_changes.n_added IS 'Listings whose first day it is.';
COMMENT ON COLUMN marts.list_changes.n_removed IS 'Listings no longer on the list from that day.';
COMMENT ON COLUMN marts.list_changes.n_suspended IS 'Listings whose suspension begins on it.';
COMMENT ON COLUMN marts.list_changes.n_resumed IS 'Listings whose suspension ends on it.';
COMMENT ON COLUMN marts.list_changes.n_listed IS 'Listings on the list on that day, suspended ones too.';
COMMENT ON COLUMN marts.list_changes.n_in_force IS 'Listings on the list on that day that are not suspended.';
COMMENT ON COLUMN marts.list_changes.is_covered IS 'Whether every addition and removal of the day is here (core.list_coverage).';
COMMENT ON COLUMN marts.list_changes.n_added_within_gap IS 'Of n_added, those that came at an unknown day between two editions too far apart, of which this is the day of the later one.';
