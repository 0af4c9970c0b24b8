-- How much of a day's news an origin that publishes in slots has given us. A missing slot is a gap, not a quiet day: only where
-- a source has all slots of a day do the panels say 0.
-- newest: date
CREATE TABLE core.news_coverage (
    source VARCHAR NOT NULL,
    date DATE NOT NULL,
    covers VARCHAR NOT NULL CHECK (covers IN ('events', 'reports')),
    n_slots INTEGER NOT NULL CHECK (n_slots >= 0),
    n_slots_expected INTEGER NOT NULL CHECK (n_slots_expected > 0),
    coverage_share DOUBLE NOT NULL CHECK (coverage_share BETWEEN 0 AND 1),
    known_from TIMESTAMP NOT NULL,
    PRIMARY KEY (source, date)
);
COMMENT ON TABLE core.news_coverage IS 'Slots available per source and day (UTC).';
COMMENT ON COLUMN core.news_coverage.source IS 'Source id.';
COMMENT ON COLUMN core.news_coverage.date IS 'Day of the slots, UTC. GDELT 1.0 before April 2013: the day of the events, since its files are ordered by it.';
COMMENT ON COLUMN core.news_coverage.covers IS 'What the slots have. events; reports: of events of other tables (GDELT mentions). Only the slots with events make a day covered.';
COMMENT ON COLUMN core.news_coverage.n_slots IS 'Slots accepted.';
COMMENT ON COLUMN core.news_coverage.n_slots_expected IS 'Slots that the source publishes a day (GDELT 2.0: 96; GDELT 1.0: 1).';
COMMENT ON COLUMN core.news_coverage.coverage_share IS 'n_slots / n_slots_expected, 0 to 1.';
COMMENT ON COLUMN core.news_coverage.known_from IS 'Start of the earliest slot here (of a day that comes whole, its end), UTC: slots state when they were published, whenever they were downloaded.';
