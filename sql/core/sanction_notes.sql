-- What a list says of a party beyond names, countries, identifiers, births, addresses and links.
-- sorted by: listing_id, kind, text, known_from
-- stands once: listing_id, kind, text
-- closes with: sanction_listings
-- newest: known_from
CREATE TABLE core.sanction_notes (
    listing_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    snapshot_id VARCHAR NOT NULL,
    PRIMARY KEY (listing_id, kind, text, known_from),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.sanction_notes IS 'Further statements on listed parties, one a row. Kind unread: a clause of the remarks that no rule of the grammar recognises, kept as written.';
COMMENT ON COLUMN core.sanction_notes.listing_id IS 'The listing.';
COMMENT ON COLUMN core.sanction_notes.kind IS 'gender, secondary_sanctions, established, organization_type, license, reason, ..., unread.';
COMMENT ON COLUMN core.sanction_notes.text IS 'The statement as the list writes it.';
COMMENT ON COLUMN core.sanction_notes.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.sanction_notes.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.sanction_notes.snapshot_id IS 'The snapshot that brought the row.';
