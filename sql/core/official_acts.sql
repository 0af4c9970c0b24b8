-- What authorities did: one row for each rule, notice, action or announcement, whether or not it names parties.
-- sorted by: authority_id, date, act_id
-- newest: date
CREATE TABLE core.official_acts (
    act_id VARCHAR NOT NULL PRIMARY KEY,
    authority_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    sort VARCHAR NOT NULL CHECK (sort IN ('listing', 'delisting', 'suspension', 'resumption', 'program', 'export_control', 'import_control', 'investment_control', 'tariff', 'scheduling', 'prosecution', 'investigation', 'determination', 'diplomatic', 'dialogue', 'agreement', 'notice', 'other')),
    effect VARCHAR CHECK (effect IN ('imposed', 'eased', 'cooperation')),
    date DATE NOT NULL,
    date_earliest DATE,
    date_published DATE,
    date_in_force DATE,
    list_id VARCHAR,
    n_parties BIGINT CHECK (n_parties >= 0),
    subject VARCHAR,
    title VARCHAR NOT NULL,
    citation VARCHAR,
    url VARCHAR,
    origin VARCHAR NOT NULL CHECK (origin IN ('listings', 'register', 'reviewed')),
    verified_by VARCHAR NOT NULL CHECK (verified_by IN ('files', 'published')),
    known_from TIMESTAMP NOT NULL,
    snapshot_id VARCHAR,
    CHECK (date_earliest <= date),
    CHECK (date_published IS NOT NULL OR date_in_force IS NOT NULL)
);
COMMENT ON TABLE core.official_acts IS 'Acts of authorities: what lists show to have been done on one day, documents of registers, and a reviewed record of acts each with its citation. An act that several of these report is one row. By current knowledge; filter by known_from for what was known on a day. What is complete, and what is not, stands in core.official_act_coverage.';
COMMENT ON COLUMN core.official_acts.act_id IS 'Of the reviewed record its own id; <register>:<document_number>; <list_id>:<day>:<sort> of what a list alone shows.';
COMMENT ON COLUMN core.official_acts.authority_id IS 'The body that acted; of a meeting the one whose announcement is held.';
COMMENT ON COLUMN core.official_acts.sort IS 'Sort of act. listing, delisting, suspension, resumption: of named parties on a list; program: an authority to sanction; export_control, import_control, investment_control, tariff: on trade and capital of a state or sector; scheduling: control of a drug or precursor; prosecution: indictments and charges; investigation: one that is opened or ended; diplomatic: envoys, consulates, visas; dialogue: talks held, begun or broken off; agreement: one that is made; determination, notice: statements with effect or none; other: none of these.';
COMMENT ON COLUMN core.official_acts.effect IS 'imposed, eased, or cooperation; NULL where it is none of these towards another state (scheduling at home) or cannot be determined.';
COMMENT ON COLUMN core.official_acts.date IS 'The day of the act: the earlier of publication and coming into force, in the authority''s time zone. Of a list whose days come from comparing snapshots an upper bound.';
COMMENT ON COLUMN core.official_acts.date_earliest IS 'Lower bound of date where it comes from comparing snapshots.';
COMMENT ON COLUMN core.official_acts.date_published IS 'Day of publication or announcement; NULL where not known.';
COMMENT ON COLUMN core.official_acts.date_in_force IS 'Day from which it is in force; NULL where it has none or it is not known.';
COMMENT ON COLUMN core.official_acts.list_id IS 'The list that it changes; NULL where none. It need not be held.';
COMMENT ON COLUMN core.official_acts.n_parties IS 'Parties it names: as stated, else the listings held that belong to it; NULL where not known.';
COMMENT ON COLUMN core.official_acts.subject IS 'What it is about: of the reviewed record one of drugs, trade, technology, military, human_rights, hong_kong, relations; of listings their programs, the most frequent first.';
COMMENT ON COLUMN core.official_acts.title IS 'What was done, in words; of a document its title.';
COMMENT ON COLUMN core.official_acts.citation IS 'Official citation, or the dated announcement; NULL where none is certain.';
COMMENT ON COLUMN core.official_acts.url IS 'Page of the act; NULL where unknown.';
COMMENT ON COLUMN core.official_acts.origin IS 'What the row is made of first: reviewed (the record of the project), register (core.act_documents), listings (core.sanction_events).';
COMMENT ON COLUMN core.official_acts.verified_by IS 'files: what is held or was at hand shows it. published: by published knowledge; its citation says where to look.';
COMMENT ON COLUMN core.official_acts.known_from IS 'When it could first be known: the last second of the day of publication, or what first showed it where that is earlier. UTC.';
COMMENT ON COLUMN core.official_acts.snapshot_id IS 'The snapshot that showed it; NULL of the reviewed record alone.';
