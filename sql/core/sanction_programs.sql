-- Sanctions programs of a listing, in both clocks.
-- packed: listing_id
-- newest: valid_from
CREATE TABLE core.sanction_programs (
    listing_id VARCHAR NOT NULL,
    program VARCHAR NOT NULL,
    program_raw VARCHAR NOT NULL,
    valid_from DATE,
    valid_from_basis VARCHAR NOT NULL CHECK (valid_from_basis IN ('source_field', 'federal_register', 'official_notice', 'snapshot_diff', 'left_censored')),
    valid_to DATE,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    snapshot_id VARCHAR NOT NULL,
    PRIMARY KEY (listing_id, program, program_raw, known_from),
    CHECK (known_to IS NULL OR known_from < known_to),
    CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to)
);
COMMENT ON TABLE core.sanction_programs IS 'The programs of a listing. A re-tag by the table of aliases keeps valid_from.';
COMMENT ON COLUMN core.sanction_programs.listing_id IS 'The listing.';
COMMENT ON COLUMN core.sanction_programs.program IS 'Canonical program by core.program_aliases.';
COMMENT ON COLUMN core.sanction_programs.program_raw IS 'Program as the list writes it.';
COMMENT ON COLUMN core.sanction_programs.valid_from IS 'First day under the program, in the authority''s time zone; NULL where left-censored.';
COMMENT ON COLUMN core.sanction_programs.valid_from_basis IS 'Where valid_from comes from, as in core.sanction_listings: source_field, federal_register, official_notice, snapshot_diff, left_censored.';
COMMENT ON COLUMN core.sanction_programs.valid_to IS 'Day from which it is no longer under the program; NULL while it does.';
COMMENT ON COLUMN core.sanction_programs.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.sanction_programs.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.sanction_programs.snapshot_id IS 'The snapshot that brought the row.';
