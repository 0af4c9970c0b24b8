-- Countries of a listed party, each with its basis.
-- sorted by: country_id, listing_id, basis, known_from
-- stands once: listing_id, country_id, basis
-- closes with: sanction_listings
-- packed: listing_id
-- newest: known_from
CREATE TABLE core.sanction_countries (
    listing_id VARCHAR NOT NULL,
    country_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    basis VARCHAR NOT NULL CHECK (basis IN ('address', 'nationality', 'citizenship', 'registration', 'place_of_birth', 'list_destination', 'remark')),
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    snapshot_id VARCHAR NOT NULL,
    PRIMARY KEY (listing_id, country_id, basis, known_from),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.sanction_countries IS 'Countries of listed parties as the lists state them: many per listing. Count distinct listings; choose the basis. Place of birth and remarks do not make a target country. Other evidence of a party''s state is in core.target_evidence.';
COMMENT ON COLUMN core.sanction_countries.listing_id IS 'The listing.';
COMMENT ON COLUMN core.sanction_countries.country_id IS 'The state (or Hong Kong, Macao, Taiwan: actors of their own).';
COMMENT ON COLUMN core.sanction_countries.basis IS 'Why the country is named. address: of an address; nationality, citizenship, place_of_birth: of a person, as stated; registration: where the list says that a firm is registered; list_destination: at which the list directs the measure; remark: in words beside.';
COMMENT ON COLUMN core.sanction_countries.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.sanction_countries.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.sanction_countries.snapshot_id IS 'The snapshot that brought the row.';
