-- Evidence of a listed party's state besides what its list states as that.
-- sorted by: listing_id, country_id, basis, known_from
-- stands once: listing_id, country_id, basis
-- packed: evidence, listing_id
CREATE TABLE core.target_evidence (
    listing_id VARCHAR NOT NULL,
    country_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    basis VARCHAR NOT NULL CHECK (basis IN ('identifier', 'linked_party', 'other_list', 'registry', 'flag')),
    strength VARCHAR NOT NULL CHECK (strength IN ('derived', 'weak')),
    evidence VARCHAR NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    PRIMARY KEY (listing_id, country_id, basis, known_from),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.target_evidence IS 'Evidence of the states of listed parties besides core.sanction_countries: who issued their papers, their other listings, their owners, what the registry of actors knows, their flags. Made again from all lists at every change; the macro listing_countries_as_known lays both together.';
COMMENT ON COLUMN core.target_evidence.listing_id IS 'The listing.';
COMMENT ON COLUMN core.target_evidence.country_id IS 'The state (or Hong Kong, Macao, Taiwan: actors of their own).';
COMMENT ON COLUMN core.target_evidence.basis IS 'identifier: issuer of a number or document that parties of that state have; linked_party: state of the listed party to which a ship or aircraft is linked; other_list: state of the same party by another listing; registry: state of the actor of the registry that it is; flag: flag of a ship.';
COMMENT ON COLUMN core.target_evidence.strength IS 'derived: makes a target state where the list states none; weak: makes none.';
COMMENT ON COLUMN core.target_evidence.evidence IS 'The first statement that says so: the document, or the other listing and what it states.';
COMMENT ON COLUMN core.target_evidence.known_from IS 'Since when this was known, UTC: never before the listing was.';
COMMENT ON COLUMN core.target_evidence.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is. What another listing states stays valid after its removal.';
