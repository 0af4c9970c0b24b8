-- A listing and one state it aims at, by current knowledge: which directed dyad it counts in, and from when to when.
-- grain: listing_id, target_id, valid_from, valid_to
CREATE TABLE marts.listing_dyads AS
WITH authorities AS (
    -- the UN and the EU have no state: their bodies count for the organisation
    SELECT
        actor_id AS authority_id,
        CASE WHEN kind = 'state' THEN actor_id ELSE coalesce(country_id, parent_id, actor_id) END AS source_id
    FROM core.actors
),
standing AS (
    SELECT l.*, s.authority_id, a.source_id
    FROM core.sanction_listings AS l
    JOIN core.sanction_lists AS s USING (list_id)
    JOIN authorities AS a USING (authority_id)
    WHERE l.known_to IS NULL
),
ends AS (
    SELECT listing_id, max(known_to) AS ended_at
    FROM core.sanction_listings
    WHERE valid_to IS NULL
    GROUP BY listing_id
),
countries AS (
    -- a removal closes the countries: the ones that stood until it became known are those of the past days
    SELECT s.listing_id, s.known_from AS version_known_from, c.country_id, min(c.known_from) AS known_from
    FROM standing AS s
    LEFT JOIN ends AS e USING (listing_id)
    JOIN core.sanction_countries AS c USING (listing_id)
    WHERE c.basis IN ('nationality', 'citizenship', 'list_destination', 'address')
        AND (c.known_to IS NULL OR (s.valid_to IS NOT NULL AND c.known_to >= coalesce(e.ended_at, s.known_from)))
    GROUP BY ALL
)
SELECT DISTINCT
    s.listing_id,
    s.list_id,
    s.authority_id,
    s.source_id,
    c.country_id AS target_id,
    s.actor_id,
    s.name,
    s.valid_from,
    s.valid_from_basis,
    s.valid_to,
    c.known_from AS country_known_from
FROM standing AS s
LEFT JOIN countries AS c ON c.listing_id = s.listing_id AND c.version_known_from = s.known_from
ORDER BY source_id, target_id, listing_id, valid_from, valid_to;
COMMENT ON TABLE marts.listing_dyads IS 'Listings by authority''s state and target state, by current knowledge, removed ones too. A listing with several target states has several rows: count distinct listings. Place of birth and remarks make no target state. Self-dyads and listings without a known state (target_id NULL) are here, but not in the dyad panels.';
COMMENT ON COLUMN marts.listing_dyads.listing_id IS 'The listing.';
COMMENT ON COLUMN marts.listing_dyads.list_id IS 'The list.';
COMMENT ON COLUMN marts.listing_dyads.authority_id IS 'The body that keeps the list.';
COMMENT ON COLUMN marts.listing_dyads.source_id IS 'Its state; UN or EU where it belongs to one of these.';
COMMENT ON COLUMN marts.listing_dyads.target_id IS 'A state of the party by nationality, citizenship, list destination or address; NULL where none is known.';
COMMENT ON COLUMN marts.listing_dyads.actor_id IS 'The party.';
COMMENT ON COLUMN marts.listing_dyads.name IS 'Primary name of the party.';
COMMENT ON COLUMN marts.listing_dyads.valid_from IS 'First day in force, in the authority''s time zone; NULL where left-censored.';
COMMENT ON COLUMN marts.listing_dyads.valid_from_basis IS 'Where valid_from comes from.';
COMMENT ON COLUMN marts.listing_dyads.valid_to IS 'Day of the removal, no longer in force on it; NULL while in force.';
COMMENT ON COLUMN marts.listing_dyads.country_known_from IS 'Since when the target state was known, UTC; NULL where none is known.';
