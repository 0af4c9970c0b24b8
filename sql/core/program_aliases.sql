-- Programs that were renamed: the name as landed and the canonical one.
CREATE TABLE core.program_aliases (
    program_raw VARCHAR NOT NULL PRIMARY KEY,
    program VARCHAR NOT NULL,
    note VARCHAR NOT NULL
);
COMMENT ON TABLE core.program_aliases IS 'Renamed sanctions programs. A change between two names of one program is a re-tag, not a removal and an addition.';
COMMENT ON COLUMN core.program_aliases.program_raw IS 'Name as landed.';
COMMENT ON COLUMN core.program_aliases.program IS 'Canonical name.';
COMMENT ON COLUMN core.program_aliases.note IS 'When and why it was renamed.';
