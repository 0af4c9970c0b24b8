-- Listings as they were known: each version with its party as decided then, and with what was known of gaps of its list.
-- grain: listing_id, known_from, stands_from
CREATE TABLE marts.listing_versions AS
WITH covered AS (
    -- no day is covered before it begins
    SELECT
        list_id,
        covered_from,
        basis <> 'record' AS is_compared,
        greatest(known_from, CAST(covered_from AS TIMESTAMP) + INTERVAL 1 MICROSECOND) AS known_from,
        coalesce(known_to, TIMESTAMP 'infinity') AS known_to
    FROM core.list_coverage
    WHERE covers = 'both'
),
marked AS (
    SELECT c.*, c.known_from > max(c.known_to) OVER day AS is_new
    FROM covered AS c
    WHERE c.known_from < c.known_to
    WINDOW day AS (
        PARTITION BY c.list_id, c.covered_from, c.is_compared
        ORDER BY c.known_from, c.known_to
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),
numbered AS (
    SELECT m.*, count(*) FILTER (m.is_new) OVER day AS part
    FROM marked AS m
    WINDOW day AS (
        PARTITION BY m.list_id, m.covered_from, m.is_compared ORDER BY m.known_from, m.known_to ROWS UNBOUNDED PRECEDING
    )
),
starts AS (
    -- since and until when a span was known to begin on a day: one that a later edition extends is closed and opened again
    SELECT
        list_id, covered_from, is_compared, min(known_from) AS known_from, nullif(max(known_to), TIMESTAMP 'infinity') AS known_to
    FROM numbered
    GROUP BY list_id, covered_from, is_compared, part
),
gaps AS (
    -- days that end a gap: another span begins before them
    SELECT
        s.list_id,
        s.covered_from AS day,
        greatest(s.known_from, b.known_from) AS known_from,
        least(s.known_to, b.known_to) AS known_to
    FROM starts AS s
    JOIN starts AS b ON b.list_id = s.list_id
        AND b.covered_from < s.covered_from
        AND (s.known_to IS NULL OR b.known_from < s.known_to)
        AND (b.known_to IS NULL OR s.known_from < b.known_to)
    WHERE s.is_compared
),
facts AS (
    SELECT l.listing_id, l.known_from AS version, l.known_to AS version_to, p.known_from, p.known_to, p.actor_id, NULL AS day
    FROM core.sanction_listings AS l
    JOIN core.party_actors AS p ON p.listing_id = l.listing_id
    UNION ALL
    SELECT l.listing_id, l.known_from, l.known_to, g.known_from, g.known_to, NULL, g.day
    FROM core.sanction_listings AS l
    JOIN gaps AS g ON g.list_id = l.list_id AND g.day = l.valid_from
    WHERE l.valid_from_basis = 'snapshot_diff'
    UNION ALL
    SELECT l.listing_id, l.known_from, l.known_to, g.known_from, g.known_to, NULL, g.day
    FROM core.sanction_listings AS l
    JOIN gaps AS g ON g.list_id = l.list_id AND g.day = l.valid_to
    WHERE l.valid_to_basis = 'snapshot_diff'
),
moments AS (
    -- the version itself, and when within its life one of these begins or ends to hold
    SELECT listing_id, version, version AS stands_from FROM facts
    UNION
    SELECT listing_id, version, known_from
    FROM facts
    WHERE version < known_from AND (version_to IS NULL OR known_from < version_to)
    UNION
    SELECT listing_id, version, known_to
    FROM facts
    WHERE version < known_to AND (version_to IS NULL OR known_to < version_to)
),
parts AS (
    SELECT
        m.listing_id,
        m.version,
        m.stands_from,
        lead(m.stands_from) OVER (PARTITION BY m.listing_id, m.version ORDER BY m.stands_from) AS stands_to,
        any_value(f.actor_id) AS actor_id,
        list(f.day) AS gap_days
    FROM moments AS m
    LEFT JOIN facts AS f ON f.listing_id = m.listing_id AND f.version = m.version
        AND f.known_from <= m.stands_from
        AND (f.known_to IS NULL OR m.stands_from < f.known_to)
    GROUP BY m.listing_id, m.version, m.stands_from
),
judged AS (
    SELECT
        l.* REPLACE (coalesce(p.actor_id, l.actor_id) AS actor_id, coalesce(p.stands_to, l.known_to) AS known_to),
        coalesce(p.stands_from, l.known_from) AS stands_from,
        coalesce(l.valid_from_basis = 'snapshot_diff' AND list_contains(p.gap_days, l.valid_from), false) AS is_within_gap,
        l.valid_to_basis = 'snapshot_diff' AND list_contains(p.gap_days, l.valid_to) AS ends_within_gap
    FROM core.sanction_listings AS l
    LEFT JOIN parts AS p ON p.listing_id = l.listing_id AND p.version = l.known_from
)
SELECT
    -- the macros make native_id of listing_id again: it is the rest of it, and a third of a megabyte of the built-in record
    * EXCLUDE (native_id, ends_within_gap),
    CASE WHEN is_within_gap THEN least(valid_from_earliest, valid_from) ELSE valid_from END AS possible_from,
    CASE WHEN ends_within_gap THEN valid_to_earliest + 1 ELSE valid_to END AS certain_until
FROM judged
ORDER BY list_id, listing_id, known_from, stands_from;
COMMENT ON TABLE marts.listing_versions IS 'Versions of listings as they stood in known time: core.sanction_listings with the party of each as decided then, and what was known of the gaps in which it came or went. What listed_as_known and listings_as_known read: ask those. A version of which one of these changed within its life has a row for each part.';
COMMENT ON COLUMN marts.listing_versions.listing_id IS '<list_id>:<id in the list>.';
COMMENT ON COLUMN marts.listing_versions.list_id IS 'The list.';
COMMENT ON COLUMN marts.listing_versions.actor_id IS 'The party, as decided from what was known then.';
COMMENT ON COLUMN marts.listing_versions.party_type IS 'Kind of party.';
COMMENT ON COLUMN marts.listing_versions.name IS 'Primary name as the list writes it.';
COMMENT ON COLUMN marts.listing_versions.valid_from IS 'First day in force, in the authority''s time zone. By snapshot_diff an upper bound. NULL where left_censored.';
COMMENT ON COLUMN marts.listing_versions.valid_from_earliest IS 'Lower bound of valid_from where it comes from comparing snapshots: the day of the snapshot before.';
COMMENT ON COLUMN marts.listing_versions.valid_from_basis IS 'Where valid_from comes from. source_field: a field of the list; federal_register: a rule printed there; official_notice: another notice of the authority; snapshot_diff: two editions compared; left_censored: already there in the first snapshot here.';
COMMENT ON COLUMN marts.listing_versions.valid_to IS 'Day of the removal, no longer in force on it; NULL where no end is known. An end that the list states may lie ahead. By snapshot_diff an upper bound.';
COMMENT ON COLUMN marts.listing_versions.valid_to_earliest IS 'Lower bound of valid_to where it comes from comparing snapshots.';
COMMENT ON COLUMN marts.listing_versions.valid_to_basis IS 'Where valid_to comes from. source_field: a field of the list; federal_register: a rule printed there; official_notice: another notice of the authority; snapshot_diff: two editions compared.';
COMMENT ON COLUMN marts.listing_versions.citation IS 'Federal Register or other official citation; NULL where the list gives none.';
COMMENT ON COLUMN marts.listing_versions.url IS 'Page of the listing or of the act.';
COMMENT ON COLUMN marts.listing_versions.title IS 'Title or position.';
COMMENT ON COLUMN marts.listing_versions.remarks IS 'Remarks as the list writes them.';
COMMENT ON COLUMN marts.listing_versions.call_sign IS 'Call sign of a vessel.';
COMMENT ON COLUMN marts.listing_versions.vessel_type IS 'Type of a vessel.';
COMMENT ON COLUMN marts.listing_versions.tonnage IS 'Tonnage as the list writes it.';
COMMENT ON COLUMN marts.listing_versions.gross_registered_tonnage IS 'Gross registered tonnage as the list writes it.';
COMMENT ON COLUMN marts.listing_versions.vessel_flag IS 'Flag as the list writes it.';
COMMENT ON COLUMN marts.listing_versions.vessel_owner IS 'Owner as the list writes it.';
COMMENT ON COLUMN marts.listing_versions.known_from IS 'Since when the version was known, UTC.';
COMMENT ON COLUMN marts.listing_versions.known_basis IS 'publication: date stated by the source; snapshot: retrieval of the first snapshot that had it.';
COMMENT ON COLUMN marts.listing_versions.known_to IS 'Until when the row stood in known time, UTC; NULL while it does.';
COMMENT ON COLUMN marts.listing_versions.snapshot_id IS 'The snapshot that brought this version.';
COMMENT ON COLUMN marts.listing_versions.row_number IS 'Row in its file, from 1; NULL where the row was brought by its absence.';
COMMENT ON COLUMN marts.listing_versions.stands_from IS 'Since when the row stood in known time, UTC: known_from, or later within the life of the version.';
COMMENT ON COLUMN marts.listing_versions.is_within_gap IS 'Whether it came in a gap of the list, at an unknown day since valid_from_earliest.';
COMMENT ON COLUMN marts.listing_versions.possible_from IS 'First day on which it may have been in force: within a gap valid_from_earliest, else valid_from.';
COMMENT ON COLUMN marts.listing_versions.certain_until IS 'The day from which it is not certain to have been in force: within a gap the one after valid_to_earliest, else valid_to.';
