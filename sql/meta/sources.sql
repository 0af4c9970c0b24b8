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
    max_age_days INTEGER,
    max_gap_days INTEGER,
    n_snapshots BIGINT NOT NULL,
    last_accepted_at TIMESTAMP,
    newest_date DATE,
    tables VARCHAR[] NOT NULL,
    stale_after_days INTEGER
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
COMMENT ON COLUMN meta.sources.max_age_days IS 'Age of its newest vintage, in days, beyond which a figure is no longer given as the one known; NULL where none is declared.';
COMMENT ON COLUMN meta.sources.max_gap_days IS 'Of a list: two editions cover the days between them where they are at most so many days apart; NULL for a record of notices and for what is no list.';
COMMENT ON COLUMN meta.sources.n_snapshots IS 'Accepted snapshots.';
COMMENT ON COLUMN meta.sources.last_accepted_at IS 'Retrieval of the newest accepted snapshot, UTC.';
COMMENT ON COLUMN meta.sources.newest_date IS 'Newest date in the data (event, listing, period); not the date of the download.';
COMMENT ON COLUMN meta.sources.tables IS 'Core tables (without core.) that rows of the source are in.';
COMMENT ON COLUMN meta.sources.stale_after_days IS 'Days after newest_date beyond which something is wrong, by its cadence; NULL where no age is declared.';
