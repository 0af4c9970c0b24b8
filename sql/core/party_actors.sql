-- Of which party each listing was, as it could be decided from what was known at each moment.
-- sorted by: listing_id, known_from
-- stands once: listing_id
CREATE TABLE core.party_actors (
    listing_id VARCHAR NOT NULL,
    actor_id VARCHAR NOT NULL,
    registry_id VARCHAR,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    PRIMARY KEY (listing_id, known_from),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.party_actors IS 'The party of each listing in known time: the same rules as for core.party_decisions, applied to what was known at each moment. Only listings that were ever decided to be of a party with others, or an actor of the registry; every other is a party of its own. Macros that answer as known take actor_id from here.';
COMMENT ON COLUMN core.party_actors.listing_id IS 'The listing.';
COMMENT ON COLUMN core.party_actors.actor_id IS 'Its actor by what was known then. One that it has no more need not be in core.actors.';
COMMENT ON COLUMN core.party_actors.registry_id IS 'The actor of the registry that the listing itself was taken for; NULL where none.';
COMMENT ON COLUMN core.party_actors.known_from IS 'Since when this could be decided, UTC.';
COMMENT ON COLUMN core.party_actors.known_to IS 'Until when it was so decided, UTC; NULL while it is.';
