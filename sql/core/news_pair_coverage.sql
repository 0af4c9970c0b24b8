-- Days of news for two states alone: all events between them, and of other states nothing.
-- sorted by: low_id, high_id, date
-- newest: date
CREATE TABLE core.news_pair_coverage (
    source VARCHAR NOT NULL,
    low_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    high_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    date DATE NOT NULL,
    known_from TIMESTAMP NOT NULL,
    PRIMARY KEY (source, low_id, high_id, date),
    CHECK (low_id < high_id)
);
COMMENT ON TABLE core.news_pair_coverage IS 'Days (UTC) which a source covers for two states alone (bilateral backfill gdelt --pair): there the panels of the two say 0, and those of others nothing. Days covered for all states are in core.news_coverage. May be empty.';
COMMENT ON COLUMN core.news_pair_coverage.source IS 'Source id.';
COMMENT ON COLUMN core.news_pair_coverage.low_id IS 'The one of the two states whose id comes first.';
COMMENT ON COLUMN core.news_pair_coverage.high_id IS 'The other.';
COMMENT ON COLUMN core.news_pair_coverage.date IS 'The day whose events are here, in both directions.';
COMMENT ON COLUMN core.news_pair_coverage.known_from IS 'The end of the day, UTC: then its file was published, whenever it was downloaded.';
