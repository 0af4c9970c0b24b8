-- Identifiers of a listed party: documents, registrations, numbers of ships, addresses of crypto assets.
-- sorted by: scheme, value, listing_id, known_from
-- stands once: listing_id, scheme, value
-- closes with: sanction_listings
-- newest: known_from
CREATE TABLE core.sanction_identifiers (
    listing_id VARCHAR NOT NULL,
    scheme VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    country_id VARCHAR REFERENCES core.actors (actor_id),
    note VARCHAR,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    snapshot_id VARCHAR NOT NULL,
    PRIMARY KEY (listing_id, scheme, value, known_from),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.sanction_identifiers IS 'Identifiers of listed parties. Closed when the listing is removed.';
COMMENT ON COLUMN core.sanction_identifiers.listing_id IS 'The listing.';
COMMENT ON COLUMN core.sanction_identifiers.scheme IS 'What kind of identifier: passport, national_id, tax_id, uscc (Unified Social Credit Code), registration, imo, mmsi, aircraft_serial, tail_number, swift_bic, lei, isin, ticker, email, website, phone, crypto:<asset> and more, as the lists name them; other: a number whose kind stands in note.';
COMMENT ON COLUMN core.sanction_identifiers.value IS 'The identifier as the list writes it.';
COMMENT ON COLUMN core.sanction_identifiers.country_id IS 'Who issued it; NULL where not stated.';
COMMENT ON COLUMN core.sanction_identifiers.note IS 'What the list says beside it (validity, alternative, fraudulent); NULL where nothing.';
COMMENT ON COLUMN core.sanction_identifiers.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.sanction_identifiers.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.sanction_identifiers.snapshot_id IS 'The snapshot that brought the row.';
