-- Why two listings are, or are not, taken as one party.
-- sorted by: listing_id, other_id, rule
CREATE TABLE core.party_decisions (
    listing_id VARCHAR NOT NULL,
    other_id VARCHAR NOT NULL,
    rule VARCHAR NOT NULL CHECK (rule IN ('override', 'reissue', 'identifier', 'registry', 'name')),
    is_same BOOLEAN NOT NULL,
    evidence VARCHAR NOT NULL,
    score DOUBLE CHECK (score BETWEEN 0 AND 1),
    actor_id VARCHAR NOT NULL,
    PRIMARY KEY (listing_id, other_id, rule),
    CHECK (listing_id <> other_id)
);
COMMENT ON TABLE core.party_decisions IS 'Decisions on pairs of listings: one party or two. Made anew from what is known now, by rules and by a reviewed file of overrides; core.sanction_listings.actor_id follows them.';
COMMENT ON COLUMN core.party_decisions.listing_id IS 'A listing.';
COMMENT ON COLUMN core.party_decisions.other_id IS 'Another listing, or (rule registry) an actor of the registry.';
COMMENT ON COLUMN core.party_decisions.rule IS 'override: decided by a person; reissue: the list gave the party another id; identifier: a strong identifier is shared; registry: name, type and country of an actor of the registry; name: same strong name, type and country.';
COMMENT ON COLUMN core.party_decisions.is_same IS 'Whether they are taken as one party.';
COMMENT ON COLUMN core.party_decisions.evidence IS 'What the decision rests on, in words.';
COMMENT ON COLUMN core.party_decisions.score IS 'How alike the primary names are, 0 to 1; NULL beside an actor of the registry.';
COMMENT ON COLUMN core.party_decisions.actor_id IS 'The actor of the listing after all decisions.';
