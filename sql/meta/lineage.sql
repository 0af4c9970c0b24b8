-- Which core tables each table of core and marts rests on.
CREATE TABLE meta.lineage (
    table_name VARCHAR NOT NULL,
    core_table VARCHAR NOT NULL,
    PRIMARY KEY (table_name, core_table)
);
COMMENT ON TABLE meta.lineage IS 'What a table is made from in the end, through other marts and through macros: with meta.sources.tables it says whose data it holds. A core table rests on itself.';
COMMENT ON COLUMN meta.lineage.table_name IS 'Full name of the table.';
COMMENT ON COLUMN meta.lineage.core_table IS 'Core table, without core.';
