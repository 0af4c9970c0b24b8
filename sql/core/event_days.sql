-- GDELT's events of pairs of states whose single events are not kept, counted: what days as known at any moment need of them.
-- sorted by: source_country_id, target_country_id, event_date, cameo_code, known_from
-- runs of: known_from
-- dictionary: origin, source_id, source_country_id, source_sector, target_id, target_country_id, target_sector, cameo_code
-- dictionary: plover_event, snapshot_id
CREATE TABLE core.event_days (
    origin VARCHAR NOT NULL,
    event_date DATE NOT NULL,
    source_id VARCHAR REFERENCES core.actors (actor_id),
    source_country_id VARCHAR REFERENCES core.actors (actor_id),
    source_sector VARCHAR,
    target_id VARCHAR REFERENCES core.actors (actor_id),
    target_country_id VARCHAR REFERENCES core.actors (actor_id),
    target_sector VARCHAR,
    cameo_code VARCHAR REFERENCES core.cameo_codes (cameo_code),
    plover_event VARCHAR,
    quad_schrodt TINYINT CHECK (quad_schrodt BETWEEN 1 AND 4),
    goldstein DOUBLE CHECK (goldstein BETWEEN -10 AND 10),
    known_from TIMESTAMP NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    n_rows INTEGER NOT NULL CHECK (n_rows >= 1),
    n_reports BIGINT NOT NULL CHECK (n_reports >= n_rows)
);
COMMENT ON TABLE core.event_days IS 'GDELT''s events of the pairs of states that BILATERAL_SINGLE_EVENTS does not name (and of those with an unknown side), by day, parties, code and the slot in which they became known: they are not rows of core.events. Empty where single events of all pairs are kept, as they are unless that is set. Only events that panels by day count: others are in core.events, whatever their pair.';
COMMENT ON COLUMN core.event_days.origin IS 'Source id.';
COMMENT ON COLUMN core.event_days.event_date IS 'The day of the events.';
COMMENT ON COLUMN core.event_days.source_id IS 'Who acted (finest actor known); NULL where unknown.';
COMMENT ON COLUMN core.event_days.source_country_id IS 'The state of the one who acted.';
COMMENT ON COLUMN core.event_days.source_sector IS 'CAMEO sector of the one who acted.';
COMMENT ON COLUMN core.event_days.target_id IS 'To whom it was done.';
COMMENT ON COLUMN core.event_days.target_country_id IS 'The state of the one to whom it was done.';
COMMENT ON COLUMN core.event_days.target_sector IS 'CAMEO sector of the one to whom it was done.';
COMMENT ON COLUMN core.event_days.cameo_code IS 'CAMEO event code.';
COMMENT ON COLUMN core.event_days.plover_event IS 'PLOVER event; NULL for roots 01 and 02.';
COMMENT ON COLUMN core.event_days.quad_schrodt IS 'Quad class after Schrodt, by the code.';
COMMENT ON COLUMN core.event_days.goldstein IS 'Goldstein value of the code.';
COMMENT ON COLUMN core.event_days.known_from IS 'When a reader could first know of these events, UTC.';
COMMENT ON COLUMN core.event_days.snapshot_id IS 'The snapshot that had them first.';
COMMENT ON COLUMN core.event_days.n_rows IS 'Events of the origin.';
COMMENT ON COLUMN core.event_days.n_reports IS 'Articles that report them, by the origin.';
