-- This publication and those before it on the same data: which snapshots each was the first to hold.
CREATE TABLE meta.publications (
    publication_id VARCHAR NOT NULL PRIMARY KEY,
    built_at TIMESTAMP NOT NULL,
    code_fingerprint VARCHAR NOT NULL,
    snapshots VARCHAR[] NOT NULL
);
COMMENT ON TABLE meta.publications IS 'The publications up to this one, each with the snapshots that it brought: copied from file to file. It starts again where the published file was deleted, or was of the sample.';
COMMENT ON COLUMN meta.publications.publication_id IS 'As in meta.build of that file.';
COMMENT ON COLUMN meta.publications.built_at IS 'When it was built, UTC.';
COMMENT ON COLUMN meta.publications.code_fingerprint IS 'Hash of the code and SQL that made it.';
COMMENT ON COLUMN meta.publications.snapshots IS 'Accepted snapshots that it was the first to hold, as <source>/<snapshot>; empty where only the code changed.';
