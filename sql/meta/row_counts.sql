-- Rows per table, and those of the file that was published before.
CREATE TABLE meta.row_counts (
    table_name VARCHAR NOT NULL PRIMARY KEY,
    n_rows BIGINT NOT NULL,
    n_rows_before BIGINT,
    n_bytes BIGINT NOT NULL
);
COMMENT ON TABLE meta.row_counts IS 'Rows per table of core and marts.';
COMMENT ON COLUMN meta.row_counts.table_name IS 'Full name of the table.';
COMMENT ON COLUMN meta.row_counts.n_rows IS 'Rows in this file.';
COMMENT ON COLUMN meta.row_counts.n_rows_before IS 'Rows in the file published before; NULL where there was none, or of another origin.';
COMMENT ON COLUMN meta.row_counts.n_bytes IS 'Bytes of this file that its rows take, to a block of 256 KiB: small tables share blocks.';
