-- Why two listings are, or are not, taken as one party.
-- sorted by: listing_id, other_id, rule
CREATE TABLE core.party_decisions (
    listing_id VARCHAR NOT NULL,
    other_id VARCHAR NOT NULL,
    rule VARCHAR NOT NULL CHECK (rule IN ('override', 'reissue', 'identifier', 'registry', 'name', 'alike', 'group')),
    is_same BOOLEAN NOT NULL,
    evidence VARCHAR NOT NULL,
    objection VARCHAR,
    score DOUBLE CHECK (score BETWEEN 0 AND 1),
    actor_id VARCHAR NOT NULL,
    known_from TIMESTAMP NOT NULL,
    PRIMARY KEY (listing_id, other_id, rule),
    CHECK (listing_id <> other_id),
    CHECK (is_same = (objection IS NULL))
);
COMMENT ON TABLE core.party_decisions IS 'Decisions on pairs of listings: one party or two. Made again from what is known now, at every change, by rules and by a reviewed file of overrides; core.sanction_listings.actor_id follows them.';
COMMENT ON COLUMN core.party_decisions.listing_id IS 'A listing.';
COMMENT ON COLUMN core.party_decisions.other_id IS 'Another listing, or (rules registry and group) an actor of the registry.';
COMMENT ON COLUMN core.party_decisions.rule IS 'override: decided by a person; reissue: the list gave the party another id; identifier: a strong identifier, or the publisher''s own id, is shared; registry: name, type and country of an actor of the registry; name: same strong name and type, and what makes it tell; alike: nearly the same primary name; group: it bears a name of a firm of the registry that another party is (parent_id of its actor).';
COMMENT ON COLUMN core.party_decisions.is_same IS 'Whether they are taken as one party.';
COMMENT ON COLUMN core.party_decisions.evidence IS 'The evidence for one party, in words.';
COMMENT ON COLUMN core.party_decisions.objection IS 'Why they are not taken as one party; NULL where they are.';
COMMENT ON COLUMN core.party_decisions.score IS 'How alike the primary names are, 0 to 1; NULL for an actor of the registry.';
COMMENT ON COLUMN core.party_decisions.actor_id IS 'The actor of the listing after all decisions.';
COMMENT ON COLUMN core.party_decisions.known_from IS 'Since when both listings, the name or number that they share, and the country or date of birth that it takes besides were known, UTC. The decision itself rests on what is known now.';
