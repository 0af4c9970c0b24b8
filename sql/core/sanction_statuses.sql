-- Times in which a listing is on its list but not in force: a suspension is an interval of its own.
-- stands once: listing_id, status, valid_from
-- newest: valid_from
CREATE TABLE core.sanction_statuses (
    listing_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL CHECK (status IN ('suspended')),
    valid_from DATE NOT NULL,
    valid_to DATE,
    citation VARCHAR,
    url VARCHAR,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    snapshot_id VARCHAR NOT NULL,
    PRIMARY KEY (listing_id, status, valid_from, known_from),
    CHECK (valid_to IS NULL OR valid_from < valid_to),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.sanction_statuses IS 'Suspensions of listings. A listing without a row here is in force from valid_from to valid_to of core.sanction_listings.';
COMMENT ON COLUMN core.sanction_statuses.listing_id IS 'The listing.';
COMMENT ON COLUMN core.sanction_statuses.status IS 'suspended: the measure is not applied.';
COMMENT ON COLUMN core.sanction_statuses.valid_from IS 'First day of the suspension, in the authority''s time zone.';
COMMENT ON COLUMN core.sanction_statuses.valid_to IS 'Day on which the measure applies again (or was to); NULL where no end was stated.';
COMMENT ON COLUMN core.sanction_statuses.citation IS 'The notice.';
COMMENT ON COLUMN core.sanction_statuses.url IS 'Its page.';
COMMENT ON COLUMN core.sanction_statuses.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.sanction_statuses.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.sanction_statuses.snapshot_id IS 'The snapshot that brought the row.';
