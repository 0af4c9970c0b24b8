-- Lists that repeat other lists: which program of a list is a copy of which list.
CREATE TABLE core.list_mirrors (
    mirror_list_id VARCHAR NOT NULL,
    program VARCHAR NOT NULL,
    list_id VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    PRIMARY KEY (mirror_list_id, program),
    CHECK (mirror_list_id <> list_id)
);
COMMENT ON TABLE core.list_mirrors IS 'Mirrors among the lists. Their rows are kept in core.sanction_listings; marts.listing_dyads leaves out what the mirrored list holds too, so that nobody is counted twice.';
COMMENT ON COLUMN core.list_mirrors.mirror_list_id IS 'The list that repeats another.';
COMMENT ON COLUMN core.list_mirrors.program IS 'The program of it that does.';
COMMENT ON COLUMN core.list_mirrors.list_id IS 'The list that is repeated; it may be missing here.';
COMMENT ON COLUMN core.list_mirrors.note IS 'What repeats what, in words.';
