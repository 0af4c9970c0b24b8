-- Rows per table, and those of the file that was published before.
CREATE TABLE meta.row_counts (
    table_name VARCHAR NOT NULL PRIMARY KEY,
    n_rows BIGINT NOT NULL,
    n_rows_before BIGINT,
    n_bytes BIGINT NOT NULL,
    made_of VARCHAR,
    parts VARCHAR[]
);
COMMENT ON TABLE meta.row_counts IS 'Rows per table of core and marts.';
COMMENT ON COLUMN meta.row_counts.table_name IS 'Full name of the table.';
COMMENT ON COLUMN meta.row_counts.n_rows IS 'Rows in this file.';
COMMENT ON COLUMN meta.row_counts.n_rows_before IS 'Rows in the file published before; NULL where there was none, or of another origin.';
COMMENT ON COLUMN meta.row_counts.n_bytes IS 'Bytes of this file that its rows take, to a block of 256 KiB: small tables share blocks.';
COMMENT ON COLUMN meta.row_counts.made_of IS
'Hash of what the table was made of and of the code that made it: where it is that of an earlier file, so are the rows. NULL where it depends on more than other tables.';
COMMENT ON COLUMN meta.row_counts.parts IS
'Hash of each file of the core that the table was loaded from: a later build of the same code loads only those that are new. NULL for tables that are always sorted as a whole, and for marts.';
