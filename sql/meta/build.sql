-- How this file was made: one row.
CREATE TABLE meta.build (
    publication_id VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    built_at TIMESTAMP NOT NULL,
    origin VARCHAR NOT NULL,
    code_fingerprint VARCHAR NOT NULL,
    core_versions VARCHAR NOT NULL
);
COMMENT ON TABLE meta.build IS 'How this file was made.';
COMMENT ON COLUMN meta.build.publication_id IS 'Name of this file and no other: when it was built, UTC, and a hash of what it was made of and by which run. To be cited.';
COMMENT ON COLUMN meta.build.run_id IS 'Dagster run.';
COMMENT ON COLUMN meta.build.built_at IS 'When, UTC.';
COMMENT ON COLUMN meta.build.origin IS 'record: the built-in record alone; real: live or an archive besides or instead.';
COMMENT ON COLUMN meta.build.code_fingerprint IS 'Hash of the code and SQL that made it.';
COMMENT ON COLUMN meta.build.core_versions IS 'Version of each domain''s core, as JSON.';
