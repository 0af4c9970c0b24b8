-- Population by actor and year.
-- newest: year by source
CREATE TABLE core.populations (
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    year INTEGER NOT NULL,
    series VARCHAR NOT NULL CHECK (series IN ('acs1', 'acs5')),
    population BIGINT NOT NULL CHECK (population > 0),
    is_derived BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    PRIMARY KEY (actor_id, year, series, source)
);
COMMENT ON TABLE core.populations IS 'Resident population by the newest file that holds the year. Choose one series: acs1 is the estimate for the year, acs5 the mean of the five years that end with it. There is no acs1 of 2020. USA is the sum of the 50 states and the District of Columbia, without Puerto Rico.';
COMMENT ON COLUMN core.populations.actor_id IS 'The actor.';
COMMENT ON COLUMN core.populations.year IS 'Calendar year; of acs5 the last of the five.';
COMMENT ON COLUMN core.populations.series IS 'acs1: American Community Survey, one year; acs5: five years.';
COMMENT ON COLUMN core.populations.population IS 'Persons.';
COMMENT ON COLUMN core.populations.is_derived IS 'True where the row is a sum made here (USA).';
COMMENT ON COLUMN core.populations.source IS 'Source id.';
COMMENT ON COLUMN core.populations.snapshot_id IS 'The snapshot that brought the row.';
