-- Rows that are not published, with the reason: source rows that could not be read, texts whose events could not be coded,
-- and core rows that broke a rule.
CREATE TABLE meta.rejects (
    source VARCHAR NOT NULL,
    snapshot VARCHAR,
    file VARCHAR,
    "row" BIGINT,
    "column" VARCHAR,
    "value" VARCHAR,
    reason VARCHAR NOT NULL,
    table_name VARCHAR,
    "key" VARCHAR,
    "rule" VARCHAR,
    CHECK ((table_name IS NULL) = ("rule" IS NULL)),
    CHECK (snapshot IS NOT NULL OR table_name IS NOT NULL)
);
COMMENT ON TABLE meta.rejects IS 'Rows that are not published. Where table_name is NULL: rows of accepted snapshots that could not be read (accepted + rejected = read), and what could not be made of rows that were read: an article on which the event coder failed is kept without its events. Else rows of a core table that broke a rule of rows, a line for each rule, with what refers to them.';
COMMENT ON COLUMN meta.rejects.source IS 'Source id.';
COMMENT ON COLUMN meta.rejects.snapshot IS 'Folder of the snapshot below raw/<source>/; NULL where the table does not say from which snapshot a row is.';
COMMENT ON COLUMN meta.rejects.file IS 'File in the snapshot.';
COMMENT ON COLUMN meta.rejects."row" IS 'Row from 1, header not counted.';
COMMENT ON COLUMN meta.rejects."column" IS 'Column that cannot be read; NULL where the whole row cannot.';
COMMENT ON COLUMN meta.rejects."value" IS 'The value as found (cut at 200 characters).';
COMMENT ON COLUMN meta.rejects.reason IS 'Why it is not published.';
COMMENT ON COLUMN meta.rejects.table_name IS 'Core table to which the row would belong; NULL for a source row that could not be read.';
COMMENT ON COLUMN meta.rejects."key" IS 'Its key in that table, as JSON.';
COMMENT ON COLUMN meta.rejects."rule" IS 'The rule that it breaks: an expectation of meta.validations.';
