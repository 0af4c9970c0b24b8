-- Of which days all additional duties of one state on another's goods are known.
-- newest: covered_until
CREATE TABLE core.tariff_coverage (
    source_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    target_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    covered_from DATE NOT NULL,
    covered_until DATE NOT NULL,
    PRIMARY KEY (source_id, target_id),
    CHECK (covered_from <= covered_until)
);
COMMENT ON TABLE core.tariff_coverage IS 'Days for which every measure of the instruments in core.tariff_measures is known. Outside of them a rate is unknown, not 0.';
COMMENT ON COLUMN core.tariff_coverage.source_id IS 'The state that takes the duty.';
COMMENT ON COLUMN core.tariff_coverage.target_id IS 'The state whose goods bear it.';
COMMENT ON COLUMN core.tariff_coverage.covered_from IS 'First such day.';
COMMENT ON COLUMN core.tariff_coverage.covered_until IS 'Last such day.';
