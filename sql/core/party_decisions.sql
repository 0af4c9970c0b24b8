-- Why two listings are, or are not, taken as one party.
-- sorted by: listing_id, other_listing_id, rule
CREATE TABLE core.party_decisions (
    listing_id VARCHAR NOT NULL,
    other_listing_id VARCHAR NOT NULL,
    rule VARCHAR NOT NULL CHECK (rule IN ('identifier', 'name', 'override', 'reissue')),
    is_same BOOLEAN NOT NULL,
    evidence VARCHAR NOT NULL,
    score DOUBLE CHECK (score BETWEEN 0 AND 1),
    actor_id VARCHAR NOT NULL,
    PRIMARY KEY (listing_id, other_listing_id, rule),
    CHECK (listing_id < other_listing_id)
);
COMMENT ON TABLE core.party_decisions IS 'Decisions on pairs of listings: one party or two. Made anew from what is known now, by rules and by a reviewed file of overrides.';
COMMENT ON COLUMN core.party_decisions.listing_id IS 'One listing, the lesser of the two ids.';
COMMENT ON COLUMN core.party_decisions.other_listing_id IS 'The other listing.';
COMMENT ON COLUMN core.party_decisions.rule IS 'identifier: a strong identifier is shared; name: same normalised strong name, country and type; override: decided by a person; reissue: the list gave the party another id.';
COMMENT ON COLUMN core.party_decisions.is_same IS 'Whether they are taken as one party.';
COMMENT ON COLUMN core.party_decisions.evidence IS 'What the decision rests on, in words.';
COMMENT ON COLUMN core.party_decisions.score IS 'How alike the names are, 0 to 1; NULL where the rule does not look at names.';
COMMENT ON COLUMN core.party_decisions.actor_id IS 'The actor of the first listing after all decisions.';
