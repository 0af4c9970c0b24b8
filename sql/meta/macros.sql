-- The macros: what each takes and gives, from the header of its file.
CREATE TABLE meta.macros (
    macro_name VARCHAR NOT NULL PRIMARY KEY,
    parameters VARCHAR[] NOT NULL,
    is_table BOOLEAN NOT NULL,
    description VARCHAR NOT NULL,
    notes VARCHAR[] NOT NULL,
    result VARCHAR NOT NULL,
    columns VARCHAR[] NOT NULL,
    example VARCHAR NOT NULL
);
COMMENT ON TABLE meta.macros IS 'The functions of the file. One row per macro.';
COMMENT ON COLUMN meta.macros.macro_name IS 'Name of the macro.';
COMMENT ON COLUMN meta.macros.parameters IS 'Its parameters, in order.';
COMMENT ON COLUMN meta.macros.is_table IS 'Whether it gives a table (FROM name(...)); else it gives a value.';
COMMENT ON COLUMN meta.macros.description IS 'What it is.';
COMMENT ON COLUMN meta.macros.notes IS 'What its parameters are, and usage warnings.';
COMMENT ON COLUMN meta.macros.result IS 'What it gives.';
COMMENT ON COLUMN meta.macros.columns IS 'Columns of the table that it gives, each with its type, in order; empty where it gives a value.';
COMMENT ON COLUMN meta.macros.example IS 'A query that calls it.';
