-- The data dictionary: every column of core, marts and meta.
CREATE TABLE meta.columns (
    table_name VARCHAR NOT NULL,
    column_name VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    type VARCHAR NOT NULL,
    is_key BOOLEAN NOT NULL,
    description VARCHAR NOT NULL,
    table_description VARCHAR NOT NULL,
    warnings VARCHAR[] NOT NULL,
    table_warnings VARCHAR[] NOT NULL,
    vocabulary VARCHAR[] NOT NULL,
    PRIMARY KEY (table_name, column_name)
);
COMMENT ON TABLE meta.columns IS 'Data dictionary.';
COMMENT ON COLUMN meta.columns.table_name IS 'Full name of the table.';
COMMENT ON COLUMN meta.columns.column_name IS 'Column.';
COMMENT ON COLUMN meta.columns.position IS 'Position from 1.';
COMMENT ON COLUMN meta.columns.type IS 'SQL type.';
COMMENT ON COLUMN meta.columns.is_key IS 'Part of the grain of the table.';
COMMENT ON COLUMN meta.columns.description IS 'What it means, with unit.';
COMMENT ON COLUMN meta.columns.table_description IS 'What a row of the table is, with usage warnings.';
COMMENT ON COLUMN meta.columns.warnings IS 'Words of the usage warnings of the column; their texts are in description.';
COMMENT ON COLUMN meta.columns.table_warnings IS 'Words of the usage warnings of the whole table; their texts are in table_description.';
COMMENT ON COLUMN meta.columns.vocabulary IS 'The words that the column may hold; empty where it is free.';
