-- Two listings that may be one party and are not taken as one: for a person to decide.
-- grain: listing_id, other_id
-- vocabularies: party_type: core.sanction_listings.party_type
CREATE TABLE marts.party_candidates AS
WITH newest AS (
    SELECT listing_id, actor_id, party_type, name
    FROM core.sanction_listings
    QUALIFY row_number() OVER (PARTITION BY listing_id ORDER BY known_from DESC) = 1
),
states AS (
    SELECT listing_id, string_agg(DISTINCT target_id, ', ' ORDER BY target_id) AS target_ids
    FROM marts.listing_dyads
    GROUP BY listing_id
)
SELECT
    d.listing_id,
    d.other_id,
    any_value(a.name) AS name,
    any_value(b.name) AS other_name,
    any_value(a.party_type) AS party_type,
    any_value(s.target_ids) AS target_ids,
    any_value(t.target_ids) AS other_target_ids,
    any_value(a.actor_id) AS actor_id,
    any_value(b.actor_id) AS other_actor_id,
    max(d.score) AS score,
    string_agg(d.evidence, '; ' ORDER BY d.rule) AS reasons,
    string_agg(DISTINCT d.objection, '; ' ORDER BY d.objection) AS why_not_joined,
    bool_or(d.rule = 'override') AS is_decided
FROM core.party_decisions AS d
JOIN newest AS a ON a.listing_id = d.listing_id
JOIN newest AS b ON b.listing_id = d.other_id
LEFT JOIN states AS s ON s.listing_id = d.listing_id
LEFT JOIN states AS t ON t.listing_id = d.other_id
WHERE NOT d.is_same AND a.actor_id <> b.actor_id
GROUP BY d.listing_id, d.other_id
ORDER BY score DESC, d.listing_id, d.other_id;
COMMENT ON TABLE marts.party_candidates IS 'Pairs of listings that may be one party and are counted as two, with what speaks for it and why they are not joined. A row of assets/sanctions/facts/party_overrides.csv decides.';
COMMENT ON COLUMN marts.party_candidates.listing_id IS 'A listing.';
COMMENT ON COLUMN marts.party_candidates.other_id IS 'Another listing.';
COMMENT ON COLUMN marts.party_candidates.name IS 'Primary name of the first.';
COMMENT ON COLUMN marts.party_candidates.other_name IS 'Primary name of the other.';
COMMENT ON COLUMN marts.party_candidates.party_type IS 'Kind of the first.';
COMMENT ON COLUMN marts.party_candidates.target_ids IS 'Its target states; NULL where none is known.';
COMMENT ON COLUMN marts.party_candidates.other_target_ids IS 'Target states of the other; NULL where none is known.';
COMMENT ON COLUMN marts.party_candidates.actor_id IS 'The party of the first.';
COMMENT ON COLUMN marts.party_candidates.other_actor_id IS 'The party of the other.';
COMMENT ON COLUMN marts.party_candidates.score IS 'How alike the primary names are, 0 to 1.';
COMMENT ON COLUMN marts.party_candidates.reasons IS 'What speaks for one party.';
COMMENT ON COLUMN marts.party_candidates.why_not_joined IS 'What speaks against it, or is lacking.';
COMMENT ON COLUMN marts.party_candidates.is_decided IS 'Whether a person has decided that they are two.';
