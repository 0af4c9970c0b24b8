-- Source rows that could not be read, with the reason.
CREATE TABLE meta.rejects (
    source VARCHAR NOT NULL,
    snapshot VARCHAR NOT NULL,
    file VARCHAR,
    "row" BIGINT,
    "column" VARCHAR,
    "value" VARCHAR,
    reason VARCHAR NOT NULL
);
COMMENT ON TABLE meta.rejects IS 'Rows of accepted snapshots that could not be read. Accepted + rejected = read.';
COMMENT ON COLUMN meta.rejects.source IS 'Source id.';
COMMENT ON COLUMN meta.rejects.snapshot IS 'Folder of the snapshot below raw/<source>/.';
COMMENT ON COLUMN meta.rejects.file IS 'File in the snapshot.';
COMMENT ON COLUMN meta.rejects."row" IS 'Row from 1, header not counted.';
COMMENT ON COLUMN meta.rejects."column" IS 'Column that cannot be read; NULL where the whole row cannot.';
COMMENT ON COLUMN meta.rejects."value" IS 'What stands there (cut at 200 characters).';
COMMENT ON COLUMN meta.rejects.reason IS 'Why it cannot be read.';
