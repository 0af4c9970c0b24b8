-- Every attempt to ingest a snapshot, with its result.
CREATE TABLE meta.snapshots (
    source VARCHAR NOT NULL,
    retrieved_at TIMESTAMP NOT NULL,
    retrieved_precision VARCHAR NOT NULL CHECK (retrieved_precision IN ('second', 'day')),
    retrieved_basis VARCHAR CHECK (
        retrieved_basis IN ('capture', 'commit', 'deposit', 'content', 'name', 'mtime', 'page', 'press', 'notice', 'estimate', 'derived')
    ),
    snapshot VARCHAR NOT NULL,
    snapshot_id VARCHAR,
    verdict VARCHAR NOT NULL CHECK (verdict IN ('accepted', 'unchanged', 'quarantined', 'failed')),
    reason VARCHAR,
    warnings VARCHAR,
    is_complete BOOLEAN,
    url VARCHAR,
    http_status INTEGER,
    etag VARCHAR,
    last_modified VARCHAR,
    n_bytes BIGINT NOT NULL,
    n_files INTEGER NOT NULL,
    n_rows BIGINT,
    n_rejected BIGINT,
    PRIMARY KEY (source, snapshot)
);
COMMENT ON TABLE meta.snapshots IS 'Snapshots and their verdicts. Only accepted ones feed the tables; a quarantined one is kept, and says why.';
COMMENT ON COLUMN meta.snapshots.source IS 'Source id.';
COMMENT ON COLUMN meta.snapshots.retrieved_at IS 'When it was retrieved, UTC: its vintage.';
COMMENT ON COLUMN meta.snapshots.retrieved_precision IS 'second; or day: an archive names the day alone, and retrieved_at is its last second.';
COMMENT ON COLUMN meta.snapshots.retrieved_basis IS 'What retrieved_at rests on where others kept the file: capture of a web archive; commit or deposit (upper bounds); content, name or mtime (last written) of a file; page; press or notice (facts written down from it, day of the release or later); estimate; derived. NULL: we retrieved it, or nobody says.';
COMMENT ON COLUMN meta.snapshots.snapshot IS 'Its folder below raw/<source>/.';
COMMENT ON COLUMN meta.snapshots.snapshot_id IS 'SHA-256 of the lines "<sha256 of the file>  <file name>"; NULL where nothing was served.';
COMMENT ON COLUMN meta.snapshots.verdict IS 'accepted: ingested; unchanged: the same bytes as the last accepted; quarantined: a guard refused it; failed: nothing could be read or fetched.';
COMMENT ON COLUMN meta.snapshots.reason IS 'Why it was not accepted.';
COMMENT ON COLUMN meta.snapshots.warnings IS 'What was unusual about an accepted one.';
COMMENT ON COLUMN meta.snapshots.is_complete IS 'Whether absence from it means something (a partial one withdraws nothing).';
COMMENT ON COLUMN meta.snapshots.url IS 'Address of the first file.';
COMMENT ON COLUMN meta.snapshots.http_status IS 'HTTP status of the answer; NULL for an archive.';
COMMENT ON COLUMN meta.snapshots.etag IS 'ETag of the first file.';
COMMENT ON COLUMN meta.snapshots.last_modified IS 'Last-Modified of the first file.';
COMMENT ON COLUMN meta.snapshots.n_bytes IS 'Bytes as served, all files.';
COMMENT ON COLUMN meta.snapshots.n_files IS 'Files.';
COMMENT ON COLUMN meta.snapshots.n_rows IS 'Source rows read (accepted + rejected).';
COMMENT ON COLUMN meta.snapshots.n_rejected IS 'Rows that could not be read: see meta.rejects.';
