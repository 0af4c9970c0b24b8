-- The lists: who keeps them, of what kind they are, and over which days their history is known.
CREATE TABLE core.sanction_lists (
    list_id VARCHAR NOT NULL PRIMARY KEY,
    name VARCHAR NOT NULL,
    authority_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    kind VARCHAR NOT NULL CHECK (kind IN ('blocking', 'export_control', 'investment', 'import_ban', 'procurement', 'counter_sanction', 'nonproliferation')),
    url VARCHAR NOT NULL,
    licence VARCHAR NOT NULL,
    timezone VARCHAR NOT NULL,
    target_ids VARCHAR[],
    covered_from DATE,
    covered_until DATE,
    CHECK (covered_from <= covered_until)
);
COMMENT ON TABLE core.sanction_lists IS 'Lists of sanctioned or trade-restricted parties.';
COMMENT ON COLUMN core.sanction_lists.list_id IS 'Source id of the list.';
COMMENT ON COLUMN core.sanction_lists.name IS 'Its official name.';
COMMENT ON COLUMN core.sanction_lists.authority_id IS 'The body that keeps it.';
COMMENT ON COLUMN core.sanction_lists.kind IS 'What being listed means. blocking: property is frozen and dealings are forbidden; export_control: exports need a licence; investment: dealings in its securities are forbidden; import_ban: goods may not be brought in; procurement: named for what the state buys; counter_sanction: an answer to measures of another state; nonproliferation: for weapons of mass destruction.';
COMMENT ON COLUMN core.sanction_lists.url IS 'Official page.';
COMMENT ON COLUMN core.sanction_lists.licence IS 'Terms of use.';
COMMENT ON COLUMN core.sanction_lists.timezone IS 'Time zone in which the authority dates its acts.';
COMMENT ON COLUMN core.sanction_lists.target_ids IS 'The states whose parties it can name by its law; NULL: those of any. A panel of another state needs no cover of it.';
COMMENT ON COLUMN core.sanction_lists.covered_from IS 'First day about which the known history says something; NULL where there are no data.';
COMMENT ON COLUMN core.sanction_lists.covered_until IS 'Last such day: the day of the newest snapshot, in the authority''s time zone.';
