-- What authorities did: one row for each rule, notice, action or announcement, whether or not it names parties.
-- sorted by: authority_id, date, act_id
-- packed: url, title
-- newest: date
CREATE TABLE core.official_acts (
    act_id VARCHAR NOT NULL PRIMARY KEY,
    authority_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    sort VARCHAR NOT NULL CHECK (sort IN ('listing', 'delisting', 'suspension', 'resumption', 'program', 'export_control', 'import_control', 'investment_control', 'tariff', 'scheduling', 'prosecution', 'investigation', 'determination', 'diplomatic', 'dialogue', 'agreement', 'notice', 'trade_remedy', 'other')),
    effect VARCHAR CHECK (effect IN ('imposed', 'eased', 'cooperation')),
    date DATE NOT NULL,
    date_earliest DATE,
    date_announced DATE,
    date_announced_basis VARCHAR CHECK (date_announced_basis IN ('statement', 'register')),
    date_signed DATE,
    date_signed_basis VARCHAR CHECK (date_signed_basis IN ('statement', 'citation', 'register')),
    date_published DATE,
    date_published_basis VARCHAR CHECK (date_published_basis IN ('statement', 'citation', 'register', 'list')),
    date_in_force DATE,
    date_in_force_basis VARCHAR CHECK (date_in_force_basis IN ('statement', 'citation', 'register', 'list', 'compared')),
    list_id VARCHAR,
    n_parties BIGINT CHECK (n_parties >= 0),
    programs VARCHAR,
    subject VARCHAR,
    title VARCHAR NOT NULL,
    citation VARCHAR,
    url VARCHAR,
    origin VARCHAR NOT NULL CHECK (origin IN ('listings', 'register', 'reviewed')),
    verified_by VARCHAR NOT NULL CHECK (verified_by IN ('files', 'published')),
    known_from TIMESTAMP NOT NULL,
    snapshot_id VARCHAR,
    CHECK (date_earliest <= date),
    CHECK (coalesce(date_announced, date_signed, date_published, date_in_force) IS NOT NULL),
    CHECK ((date_announced IS NULL) = (date_announced_basis IS NULL)),
    CHECK ((date_signed IS NULL) = (date_signed_basis IS NULL)),
    CHECK ((date_published IS NULL) = (date_published_basis IS NULL)),
    CHECK ((date_in_force IS NULL) = (date_in_force_basis IS NULL))
);
COMMENT ON TABLE core.official_acts IS 'Acts of authorities: what lists show to have been done on one day, documents of registers, and a reviewed record of acts each with its citation. An act that several of these report is one row. By current knowledge; filter by known_from for what was known on a day. What is complete, and what is not, stands in core.official_act_coverage.';
COMMENT ON COLUMN core.official_acts.act_id IS 'Of the reviewed record its own id; <register>:<document_number>; <list_id>:<day>:<sort> of what a list alone shows, with :drugs behind it of what it shows under drug programs.';
COMMENT ON COLUMN core.official_acts.authority_id IS 'The body that acted; of a meeting the one whose announcement is here.';
COMMENT ON COLUMN core.official_acts.sort IS 'Sort of act. listing, delisting, suspension, resumption: of named parties on a list; program: an authority to sanction; export_control, import_control, investment_control, tariff: on trade and capital of a state or sector; scheduling: control of a drug or precursor; prosecution: indictments and charges; investigation: one that is opened or ended; diplomatic: envoys, consulates, visas; dialogue: talks held, begun or broken off; agreement: one that is made; determination, notice: statements with effect or none, and notices that print what was done before; trade_remedy: antidumping and countervailing duties and import cases that firms bring, which marts.official_act_dyads leaves out; other: none of these.';
COMMENT ON COLUMN core.official_acts.effect IS 'imposed, eased, or cooperation; NULL where it is none of these towards another state (scheduling at home) or cannot be determined.';
COMMENT ON COLUMN core.official_acts.date IS 'The day by which the act counts, in the authority''s time zone: date_announced, where that is not known the first of the other three, but no day in force more than a month before it was printed. Of a list whose days come from comparing snapshots an upper bound.';
COMMENT ON COLUMN core.official_acts.date_earliest IS 'Lower bound of date where it comes from comparing snapshots.';
COMMENT ON COLUMN core.official_acts.date_announced IS 'Day on which the authority first made the act known; NULL where not known. What was only planned or threatened is not announced.';
COMMENT ON COLUMN core.official_acts.date_announced_basis IS 'statement: a release, numbered announcement, readout or notice of that day, as the reviewed record has it (citation). register: an entry of OFAC''s recent actions.';
COMMENT ON COLUMN core.official_acts.date_signed IS 'Day of signature of a law or order; NULL where there is none or it is not known.';
COMMENT ON COLUMN core.official_acts.date_signed_basis IS 'citation: what the reviewed record cites. register: a document here states it. statement: as of date_announced.';
COMMENT ON COLUMN core.official_acts.date_published IS 'Day of publication in an official register; NULL where it was printed in none or the day is not known.';
COMMENT ON COLUMN core.official_acts.date_published_basis IS 'statement, citation, register: as of date_signed. list: the list states the day of the rule.';
COMMENT ON COLUMN core.official_acts.date_in_force IS 'Day from which it is in force; NULL where it has none or it is not known.';
COMMENT ON COLUMN core.official_acts.date_in_force_basis IS 'statement, citation, register, list: as of date_published. compared: an upper bound by comparing two editions of the list, date_earliest being the lower one.';
COMMENT ON COLUMN core.official_acts.programs IS 'Programs of the listings that it changed, the most frequent first; NULL where there are no data.';
COMMENT ON COLUMN core.official_acts.list_id IS 'The list that it changes; NULL where none. It need not be here.';
COMMENT ON COLUMN core.official_acts.n_parties IS 'Parties it names: as stated, else the listings here that belong to it; NULL where not known.';
COMMENT ON COLUMN core.official_acts.subject IS 'What it is about: of the reviewed record one of drugs, trade, technology, military, human_rights, hong_kong, relations; of other acts drugs, where a drug program, or words of the document, say so, else NULL.';
COMMENT ON COLUMN core.official_acts.title IS 'What was done, in words; of a document its title.';
COMMENT ON COLUMN core.official_acts.citation IS 'Official citation, or the dated announcement; NULL where none is certain.';
COMMENT ON COLUMN core.official_acts.url IS 'Page of the act; NULL where unknown.';
COMMENT ON COLUMN core.official_acts.origin IS 'What the row is made of first: reviewed (the record of the project), register (core.act_documents), listings (core.sanction_events).';
COMMENT ON COLUMN core.official_acts.verified_by IS 'files: a file shows it. published: by published knowledge; its citation says where to look.';
COMMENT ON COLUMN core.official_acts.known_from IS 'When it could first be known: the last second of the day of its announcement, where that is not known of its signature, publication or effect, in this order; or what first showed it where that is earlier. UTC.';
COMMENT ON COLUMN core.official_acts.snapshot_id IS 'The snapshot that showed it; NULL of the reviewed record alone.';
