-- For which days there are acts of a sort, and whether all of them.
-- sorted by: authority_id, sort, covered_from
CREATE TABLE core.official_act_coverage (
    authority_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    sort VARCHAR NOT NULL,
    list_id VARCHAR,
    state_id VARCHAR REFERENCES core.actors (actor_id),
    subject VARCHAR,
    covered_from DATE NOT NULL,
    covered_until DATE NOT NULL,
    is_complete BOOLEAN NOT NULL,
    basis VARCHAR NOT NULL,
    CHECK (covered_from <= covered_until)
);
COMMENT ON TABLE core.official_act_coverage IS 'What there is of official acts. Only where is_complete is true does the absence of an act say that there was none.';
COMMENT ON COLUMN core.official_act_coverage.authority_id IS 'The body that acts.';
COMMENT ON COLUMN core.official_act_coverage.sort IS 'Sort of act, as in core.official_acts.';
COMMENT ON COLUMN core.official_act_coverage.list_id IS 'The list whose changes are covered; NULL where the acts change none.';
COMMENT ON COLUMN core.official_act_coverage.state_id IS 'Only acts that are directed at this state; NULL: all.';
COMMENT ON COLUMN core.official_act_coverage.subject IS 'Only acts on this subject; NULL: all.';
COMMENT ON COLUMN core.official_act_coverage.covered_from IS 'First day.';
COMMENT ON COLUMN core.official_act_coverage.covered_until IS 'Last day.';
COMMENT ON COLUMN core.official_act_coverage.is_complete IS 'Whether all acts of these days are here; false: a selection.';
COMMENT ON COLUMN core.official_act_coverage.basis IS 'Why.';
