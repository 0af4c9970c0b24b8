-- Population by actor and year.
CREATE TABLE core.populations (
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    year INTEGER NOT NULL,
    population BIGINT NOT NULL CHECK (population > 0),
    source VARCHAR NOT NULL,
    PRIMARY KEY (actor_id, year, source)
);
COMMENT ON TABLE core.populations IS 'Resident population. Empty until a source is loaded.';
COMMENT ON COLUMN core.populations.actor_id IS 'The actor.';
COMMENT ON COLUMN core.populations.year IS 'Calendar year.';
COMMENT ON COLUMN core.populations.population IS 'Persons.';
COMMENT ON COLUMN core.populations.source IS 'Source id.';
