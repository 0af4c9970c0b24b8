-- Parties to whom a listed party is linked by the list itself.
-- stands once: listing_id, relation, linked_name
-- closes with: sanction_listings
-- newest: known_from
CREATE TABLE core.sanction_links (
    listing_id VARCHAR NOT NULL,
    relation VARCHAR NOT NULL,
    linked_name VARCHAR NOT NULL,
    linked_listing_id VARCHAR,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    snapshot_id VARCHAR NOT NULL,
    PRIMARY KEY (listing_id, relation, linked_name, known_from),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.sanction_links IS 'Links between parties, as the lists state them (Linked To). Closed when the listing is removed.';
COMMENT ON COLUMN core.sanction_links.listing_id IS 'The listing.';
COMMENT ON COLUMN core.sanction_links.relation IS 'linked_to, associated_with, kin (son_of, wife_of, ...), or the relation as the list names it (owned_by, acting_for, ...).';
COMMENT ON COLUMN core.sanction_links.linked_name IS 'The other party as the list writes it.';
COMMENT ON COLUMN core.sanction_links.linked_listing_id IS 'Its listing: by the id that the list gives, else the only one of that primary name on the list, or on another list of its publisher; NULL where none or several bear the name.';
COMMENT ON COLUMN core.sanction_links.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.sanction_links.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.sanction_links.snapshot_id IS 'The snapshot that brought the row.';
