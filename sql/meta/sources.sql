-- The sources: publisher, licence, citation, cadence, as each is declared beside its reader.
CREATE TABLE meta.sources (
    source VARCHAR NOT NULL PRIMARY KEY,
    domain VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    publisher VARCHAR NOT NULL,
    licence VARCHAR NOT NULL,
    citation VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    cadence VARCHAR NOT NULL,
    timezone VARCHAR NOT NULL,
    n_snapshots BIGINT NOT NULL,
    last_accepted_at TIMESTAMP,
    newest_date DATE,
    tables VARCHAR[] NOT NULL
);
COMMENT ON TABLE meta.sources IS 'Where the data comes from and on what terms. One row per source.';
COMMENT ON COLUMN meta.sources.source IS 'Source id.';
COMMENT ON COLUMN meta.sources.domain IS 'sanctions, overdose, news or actors.';
COMMENT ON COLUMN meta.sources.title IS 'Name of the data set.';
COMMENT ON COLUMN meta.sources.publisher IS 'Who publishes it.';
COMMENT ON COLUMN meta.sources.licence IS 'Terms of use.';
COMMENT ON COLUMN meta.sources.citation IS 'How to cite it.';
COMMENT ON COLUMN meta.sources.url IS 'Official page.';
COMMENT ON COLUMN meta.sources.cadence IS 'How often it changes.';
COMMENT ON COLUMN meta.sources.timezone IS 'Time zone of its dates.';
COMMENT ON COLUMN meta.sources.n_snapshots IS 'Accepted snapshots held.';
COMMENT ON COLUMN meta.sources.last_accepted_at IS 'Retrieval of the newest accepted snapshot, UTC.';
COMMENT ON COLUMN meta.sources.newest_date IS 'Newest date in the data (event, listing, period); not the date of the download.';
COMMENT ON COLUMN meta.sources.tables IS 'Core tables (without core.) that rows of the source are in.';
