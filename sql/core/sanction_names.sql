-- Names of a listed party, as known.
-- stands once: listing_id, name, kind, quality
-- packed: name, listing_id
-- newest: known_from
CREATE TABLE core.sanction_names (
    listing_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('primary', 'aka', 'fka', 'nka')),
    quality VARCHAR NOT NULL CHECK (quality IN ('strong', 'weak')),
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    snapshot_id VARCHAR NOT NULL,
    PRIMARY KEY (listing_id, name, kind, quality, known_from),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.sanction_names IS 'Names and aliases of listed parties. Closed when the listing is removed.';
COMMENT ON COLUMN core.sanction_names.listing_id IS 'The listing.';
COMMENT ON COLUMN core.sanction_names.name IS 'Name as the list writes it.';
COMMENT ON COLUMN core.sanction_names.kind IS 'primary: as the list names the party; aka: also known as; fka: formerly; nka: now known as.';
COMMENT ON COLUMN core.sanction_names.quality IS 'strong: an alias like any other; weak: a broad or generic alias by the authority''s own word.';
COMMENT ON COLUMN core.sanction_names.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.sanction_names.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.sanction_names.snapshot_id IS 'The snapshot that brought the row.';
