-- Addresses of a listed party.
-- sorted by: country_id, listing_id, address, known_from
-- stands once: listing_id, address
-- packed: address, listing_id
-- closes with: sanction_listings
-- newest: known_from
CREATE TABLE core.sanction_addresses (
    listing_id VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    city VARCHAR,
    country_id VARCHAR REFERENCES core.actors (actor_id),
    country_raw VARCHAR,
    note VARCHAR,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    snapshot_id VARCHAR NOT NULL,
    PRIMARY KEY (listing_id, address, known_from),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.sanction_addresses IS 'Addresses of listed parties. Closed when the listing is removed.';
COMMENT ON COLUMN core.sanction_addresses.listing_id IS 'The listing.';
COMMENT ON COLUMN core.sanction_addresses.address IS 'The whole address in one line: street, city and region, country, as far as the list gives them.';
COMMENT ON COLUMN core.sanction_addresses.city IS 'City, region and postal code as the list writes them; NULL where the list does not separate it.';
COMMENT ON COLUMN core.sanction_addresses.country_id IS 'Country; NULL where not stated or no country (undetermined, a region).';
COMMENT ON COLUMN core.sanction_addresses.country_raw IS 'Country as the list writes it.';
COMMENT ON COLUMN core.sanction_addresses.note IS 'Remark on the address.';
COMMENT ON COLUMN core.sanction_addresses.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.sanction_addresses.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.sanction_addresses.snapshot_id IS 'The snapshot that brought the row.';
