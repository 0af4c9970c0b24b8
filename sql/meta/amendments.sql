-- What lookups and corrections of a source's declaration changed in what its reader gave, for each accepted snapshot.
CREATE TABLE meta.amendments (
    source VARCHAR NOT NULL,
    snapshot VARCHAR NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('lookup', 'correction')),
    frame VARCHAR NOT NULL,
    "column" VARCHAR NOT NULL,
    "key" VARCHAR,
    expected VARCHAR,
    "value" VARCHAR,
    n_cells BIGINT NOT NULL CHECK (n_cells >= 0),
    reason VARCHAR NOT NULL,
    reference VARCHAR,
    CHECK (kind = 'lookup' OR "key" IS NOT NULL)
);
COMMENT ON TABLE meta.amendments IS 'What was amended between source and tables: a row for each lookup that changed cells of an accepted snapshot, and for each correction that was for it. Raw bytes are never changed.';
COMMENT ON COLUMN meta.amendments.source IS 'Source id.';
COMMENT ON COLUMN meta.amendments.snapshot IS 'Folder of the snapshot below raw/<source>/.';
COMMENT ON COLUMN meta.amendments.kind IS 'lookup: wherever the value stood in the column. correction: in one named row.';
COMMENT ON COLUMN meta.amendments.frame IS 'Staged frame.';
COMMENT ON COLUMN meta.amendments."column" IS 'Its column.';
COMMENT ON COLUMN meta.amendments."key" IS 'The columns and values that name the row or rows, as JSON; NULL: every row.';
COMMENT ON COLUMN meta.amendments.expected IS 'What the source says; NULL: nothing.';
COMMENT ON COLUMN meta.amendments."value" IS 'What was put in its place; NULL: nothing.';
COMMENT ON COLUMN meta.amendments.n_cells IS 'Cells that were changed; 0: the correction did not find what it expects, and changed nothing.';
COMMENT ON COLUMN meta.amendments.reason IS 'Why.';
COMMENT ON COLUMN meta.amendments.reference IS 'Where that can be read.';
