-- Listings in both clocks: one row per version of what was known of a listing.
-- sorted by: actor_id, valid_from, listing_id, known_from
-- packed: listing_id, native_id, actor_id, name, remarks, url
-- newest: valid_from
CREATE TABLE core.sanction_listings (
    listing_id VARCHAR NOT NULL,
    list_id VARCHAR NOT NULL REFERENCES core.sanction_lists (list_id),
    native_id VARCHAR NOT NULL,
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    party_type VARCHAR NOT NULL CHECK (party_type IN ('person', 'entity', 'vessel', 'aircraft')),
    name VARCHAR NOT NULL,
    valid_from DATE,
    valid_from_earliest DATE,
    valid_from_basis VARCHAR NOT NULL CHECK (valid_from_basis IN ('source_field', 'federal_register', 'official_notice', 'snapshot_diff', 'left_censored')),
    valid_to DATE,
    valid_to_earliest DATE,
    valid_to_basis VARCHAR CHECK (valid_to_basis IN ('source_field', 'federal_register', 'official_notice', 'snapshot_diff')),
    citation VARCHAR,
    url VARCHAR,
    title VARCHAR,
    remarks VARCHAR,
    call_sign VARCHAR,
    vessel_type VARCHAR,
    tonnage VARCHAR,
    gross_registered_tonnage VARCHAR,
    vessel_flag VARCHAR,
    vessel_owner VARCHAR,
    known_from TIMESTAMP NOT NULL,
    known_basis VARCHAR NOT NULL CHECK (known_basis IN ('publication', 'snapshot')),
    known_to TIMESTAMP,
    snapshot_id VARCHAR NOT NULL,
    row_number INTEGER,
    PRIMARY KEY (listing_id, known_from),
    CHECK (known_to IS NULL OR known_from < known_to),
    CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to),
    CHECK (valid_from_earliest IS NULL OR valid_from_earliest <= valid_from),
    CHECK ((valid_from IS NULL) = (valid_from_basis = 'left_censored')),
    CHECK ((valid_to IS NULL) = (valid_to_basis IS NULL))
);
COMMENT ON TABLE core.sanction_listings IS 'Who is or was on which list, from when to when, and since when this was known. Current rows have known_to NULL.';
COMMENT ON COLUMN core.sanction_listings.listing_id IS '<list_id>:<id in the list>.';
COMMENT ON COLUMN core.sanction_listings.list_id IS 'The list.';
COMMENT ON COLUMN core.sanction_listings.native_id IS 'Id in the list (OFAC: ent_num).';
COMMENT ON COLUMN core.sanction_listings.actor_id IS 'The party. A re-issued id keeps the actor of the one it replaces.';
COMMENT ON COLUMN core.sanction_listings.party_type IS 'Kind of party.';
COMMENT ON COLUMN core.sanction_listings.name IS 'Primary name as the list writes it.';
COMMENT ON COLUMN core.sanction_listings.valid_from IS 'First day in force, in the authority''s time zone. By snapshot_diff an upper bound. NULL where left_censored.';
COMMENT ON COLUMN core.sanction_listings.valid_from_earliest IS 'Lower bound of valid_from where it comes from comparing snapshots: the day of the snapshot before.';
COMMENT ON COLUMN core.sanction_listings.valid_from_basis IS 'Where valid_from comes from. source_field: a field of the list; federal_register: a rule printed there; official_notice: another notice of the authority; snapshot_diff: two editions compared; left_censored: already there in the first snapshot here.';
COMMENT ON COLUMN core.sanction_listings.valid_to IS 'Day of the removal, no longer in force on it; NULL where no end is known. An end that the list states may lie ahead. By snapshot_diff an upper bound.';
COMMENT ON COLUMN core.sanction_listings.valid_to_earliest IS 'Lower bound of valid_to where it comes from comparing snapshots.';
COMMENT ON COLUMN core.sanction_listings.valid_to_basis IS 'Where valid_to comes from. source_field: a field of the list; federal_register: a rule printed there; official_notice: another notice of the authority; snapshot_diff: two editions compared.';
COMMENT ON COLUMN core.sanction_listings.citation IS 'Federal Register or other official citation; NULL where the list gives none.';
COMMENT ON COLUMN core.sanction_listings.url IS 'Page of the listing or of the act.';
COMMENT ON COLUMN core.sanction_listings.title IS 'Title or position.';
COMMENT ON COLUMN core.sanction_listings.remarks IS 'Remarks as the list writes them.';
COMMENT ON COLUMN core.sanction_listings.call_sign IS 'Call sign of a vessel.';
COMMENT ON COLUMN core.sanction_listings.vessel_type IS 'Type of a vessel.';
COMMENT ON COLUMN core.sanction_listings.tonnage IS 'Tonnage as the list writes it.';
COMMENT ON COLUMN core.sanction_listings.gross_registered_tonnage IS 'Gross registered tonnage as the list writes it.';
COMMENT ON COLUMN core.sanction_listings.vessel_flag IS 'Flag as the list writes it.';
COMMENT ON COLUMN core.sanction_listings.vessel_owner IS 'Owner as the list writes it.';
COMMENT ON COLUMN core.sanction_listings.known_from IS 'Since when this version was known, UTC.';
COMMENT ON COLUMN core.sanction_listings.known_basis IS 'publication: date stated by the source; snapshot: retrieval of the first snapshot that had it.';
COMMENT ON COLUMN core.sanction_listings.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.sanction_listings.snapshot_id IS 'The snapshot that brought this version.';
COMMENT ON COLUMN core.sanction_listings.row_number IS 'Row in its file, from 1; NULL where the row was brought by its absence.';
