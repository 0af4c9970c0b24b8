-- Dates of birth of listed persons, as exact as the list gives them.
-- stands once: listing_id, born
-- closes with: sanction_listings
-- newest: known_from
CREATE TABLE core.sanction_birth_dates (
    listing_id VARCHAR NOT NULL,
    born VARCHAR NOT NULL,
    born_from DATE NOT NULL,
    born_before DATE NOT NULL,
    precision VARCHAR NOT NULL CHECK (precision IN ('day', 'month', 'year', 'interval')),
    is_circa BOOLEAN NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    snapshot_id VARCHAR NOT NULL,
    PRIMARY KEY (listing_id, born, known_from),
    CHECK (known_to IS NULL OR known_from < known_to),
    CHECK (born_from < born_before)
);
COMMENT ON TABLE core.sanction_birth_dates IS 'Dates of birth of listed persons: several where the list gives alternatives. Closed when the listing is removed.';
COMMENT ON COLUMN core.sanction_birth_dates.listing_id IS 'The listing.';
COMMENT ON COLUMN core.sanction_birth_dates.born IS 'The date as the list writes it (circa 1962, Mar 1970, 1959 to 1962).';
COMMENT ON COLUMN core.sanction_birth_dates.born_from IS 'First day on which the person may have been born.';
COMMENT ON COLUMN core.sanction_birth_dates.born_before IS 'Day after the last such day.';
COMMENT ON COLUMN core.sanction_birth_dates.precision IS 'How exact the date is.';
COMMENT ON COLUMN core.sanction_birth_dates.is_circa IS 'True where the list says about: the interval is that of the date as written, without a margin.';
COMMENT ON COLUMN core.sanction_birth_dates.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.sanction_birth_dates.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.sanction_birth_dates.snapshot_id IS 'The snapshot that brought the row.';
