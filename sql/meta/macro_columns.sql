-- The columns that macros give: every one of every macro that gives a table.
CREATE TABLE meta.macro_columns (
    macro_name VARCHAR NOT NULL,
    column_name VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    type VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    vocabulary VARCHAR[] NOT NULL,
    warnings VARCHAR[] NOT NULL,
    PRIMARY KEY (macro_name, column_name)
);
COMMENT ON TABLE meta.macro_columns IS 'Data dictionary of what macros give.';
COMMENT ON COLUMN meta.macro_columns.macro_name IS 'Name of the macro.';
COMMENT ON COLUMN meta.macro_columns.column_name IS 'Column of the table that it gives.';
COMMENT ON COLUMN meta.macro_columns.position IS 'Position from 1.';
COMMENT ON COLUMN meta.macro_columns.type IS 'SQL type.';
COMMENT ON COLUMN meta.macro_columns.description IS 'What it means, with unit.';
COMMENT ON COLUMN meta.macro_columns.vocabulary IS 'The words that the column may hold; empty where it is free.';
COMMENT ON COLUMN meta.macro_columns.warnings IS 'Words of the usage warnings of the column, those of the table that it comes from.';
