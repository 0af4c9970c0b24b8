-- What the authorities did to listed parties: one row an event.
-- sorted by: authority_id, country_id, event_date, event_id
-- packed: url, event_id, name
-- newest: event_date by list_id
CREATE TABLE core.sanction_events (
    event_id VARCHAR NOT NULL PRIMARY KEY,
    event_date DATE NOT NULL,
    event_date_earliest DATE,
    date_published DATE,
    date_published_basis VARCHAR CHECK (date_published_basis IN ('rule', 'citation')),
    date_effective DATE,
    date_effective_basis VARCHAR CHECK (date_effective_basis IN ('rule', 'document')),
    kind VARCHAR NOT NULL CHECK (kind IN ('added', 'removed', 'reissued', 'modified', 'program_added', 'program_removed', 'suspended', 'resumed')),
    listing_id VARCHAR NOT NULL,
    list_id VARCHAR NOT NULL REFERENCES core.sanction_lists (list_id),
    authority_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    country_id VARCHAR REFERENCES core.actors (actor_id),
    name VARCHAR NOT NULL,
    detail VARCHAR,
    citation VARCHAR,
    url VARCHAR,
    known_at TIMESTAMP NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    CHECK (event_date_earliest IS NULL OR event_date_earliest <= event_date),
    CHECK ((date_published IS NULL) = (date_published_basis IS NULL)),
    CHECK ((date_effective IS NULL) = (date_effective_basis IS NULL))
);
COMMENT ON TABLE core.sanction_events IS 'Additions, removals and changes of listings, dated in the authority''s time zone.';
COMMENT ON COLUMN core.sanction_events.event_id IS '<listing_id>:<kind>:<known_at>[:<program>].';
COMMENT ON COLUMN core.sanction_events.event_date IS 'Day of the act in the authority''s time zone; from comparing snapshots an upper bound.';
COMMENT ON COLUMN core.sanction_events.event_date_earliest IS 'Lower bound where the date comes from comparing snapshots.';
COMMENT ON COLUMN core.sanction_events.date_published IS 'Day on which the rule that ordered it was published; NULL where none is known. event_date is date_effective, and where that is not known date_published; later where an earlier rule still held.';
COMMENT ON COLUMN core.sanction_events.date_published_basis IS 'rule: the record of rules, or the rule as the Federal Register prints it. citation: the day that the list cites beside the entry.';
COMMENT ON COLUMN core.sanction_events.date_effective IS 'Day on which that rule took effect; NULL where no document here states it.';
COMMENT ON COLUMN core.sanction_events.date_effective_basis IS 'rule: as of date_published. document: what is known of the one document of that day that the entry may cite (an answer of the Federal Register, or the record of rules).';
COMMENT ON COLUMN core.sanction_events.kind IS 'What was done. added, removed: put on the list, taken off; reissued: a new id for a party that stays; modified: edited, several edits in one snapshot being one; program_added, program_removed: under a further program, or no longer; suspended, resumed: the measure not applied for a time, and again.';
COMMENT ON COLUMN core.sanction_events.listing_id IS 'The listing.';
COMMENT ON COLUMN core.sanction_events.list_id IS 'The list.';
COMMENT ON COLUMN core.sanction_events.authority_id IS 'The body that acted.';
COMMENT ON COLUMN core.sanction_events.country_id IS 'First of nationality, citizenship, list destination, address, registration as the list stated them then; NULL where it stated none. marts.listing_dyads has the states that other evidence gives.';
COMMENT ON COLUMN core.sanction_events.name IS 'Primary name of the party at that moment.';
COMMENT ON COLUMN core.sanction_events.detail IS 'What changed: columns, program, or the listing that was replaced.';
COMMENT ON COLUMN core.sanction_events.citation IS 'Official citation; NULL where none is known.';
COMMENT ON COLUMN core.sanction_events.url IS 'Page of the act.';
COMMENT ON COLUMN core.sanction_events.known_at IS 'When it could first be known, UTC.';
COMMENT ON COLUMN core.sanction_events.snapshot_id IS 'The snapshot that showed it.';
