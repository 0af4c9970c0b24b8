-- Places of birth of listed persons.
-- stands once: listing_id, place
-- closes with: sanction_listings
-- newest: known_from
CREATE TABLE core.sanction_birth_places (
    listing_id VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    country_id VARCHAR REFERENCES core.actors (actor_id),
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    snapshot_id VARCHAR NOT NULL,
    PRIMARY KEY (listing_id, place, known_from),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.sanction_birth_places IS 'Places of birth of listed persons. A place of birth makes no target country.';
COMMENT ON COLUMN core.sanction_birth_places.listing_id IS 'The listing.';
COMMENT ON COLUMN core.sanction_birth_places.place IS 'The place as the list writes it.';
COMMENT ON COLUMN core.sanction_birth_places.country_id IS 'The country in which it lies; NULL where that is not stated.';
COMMENT ON COLUMN core.sanction_birth_places.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.sanction_birth_places.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.sanction_birth_places.snapshot_id IS 'The snapshot that brought the row.';
