-- Where a state stood in the UN General Assembly, by its votes of a session, as each vintage estimated it.
-- sorted by: actor_id, session, known_from
-- newest: year by source
CREATE TABLE core.un_ideal_points (
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    ccode INTEGER NOT NULL,
    session INTEGER NOT NULL CHECK (session BETWEEN 1 AND 200),
    year INTEGER NOT NULL CHECK (year = session + 1945),
    n_votes INTEGER NOT NULL CHECK (n_votes >= 0),
    ideal_point DOUBLE NOT NULL,
    ideal_point_p05 DOUBLE NOT NULL,
    ideal_point_p95 DOUBLE NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    source VARCHAR NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    row_number INTEGER,
    PRIMARY KEY (actor_id, session, known_from),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.un_ideal_points IS 'Ideal points of states by session. Every vintage estimates all sessions again: compare states within one vintage (known_to IS NULL: the newest). There was no vote in session 19 (1964).';
COMMENT ON COLUMN core.un_ideal_points.actor_id IS 'The state; Yugoslavia is SRB, both Germanies before 1990 are DEU and DDR.';
COMMENT ON COLUMN core.un_ideal_points.ccode IS 'COW number as the file has it.';
COMMENT ON COLUMN core.un_ideal_points.session IS 'Session of the General Assembly; 78 began in September 2023.';
COMMENT ON COLUMN core.un_ideal_points.year IS 'Year in which the session began: session + 1945.';
COMMENT ON COLUMN core.un_ideal_points.n_votes IS 'Votes of the state in the session.';
COMMENT ON COLUMN core.un_ideal_points.ideal_point IS 'Mean of the estimate; higher is nearer to the liberal order that the United States stood for. No unit; about -3 to 3.';
COMMENT ON COLUMN core.un_ideal_points.ideal_point_p05 IS 'Fifth percentile of the estimate.';
COMMENT ON COLUMN core.un_ideal_points.ideal_point_p95 IS 'Its 95th percentile.';
COMMENT ON COLUMN core.un_ideal_points.known_from IS 'Since when this was known, UTC: retrieval of the first vintage that had it.';
COMMENT ON COLUMN core.un_ideal_points.known_to IS 'Until when it was current, UTC; NULL while it is.';
COMMENT ON COLUMN core.un_ideal_points.source IS 'Source id.';
COMMENT ON COLUMN core.un_ideal_points.snapshot_id IS 'The snapshot that brought the row.';
COMMENT ON COLUMN core.un_ideal_points.row_number IS 'Row in its file, from 1 after the header.';
