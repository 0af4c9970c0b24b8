-- Provisional overdose deaths by county in both clocks: one row per change of what was known.
-- sorted by: actor_id, fips, period_end, known_from
-- warning: aggregation_hazard: consecutive rows of a county share 11 months, and counts of 1 to 9 are suppressed: never add up over months, and no state is the sum of its counties.
-- newest: period_end by source
CREATE TABLE core.county_overdoses (
    fips VARCHAR NOT NULL CHECK (length(fips) = 5),
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    name VARCHAR,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    deaths BIGINT CHECK (deaths >= 0),
    missing_reason VARCHAR CHECK (missing_reason IN ('suppressed', 'low_quality', 'not_published', 'withdrawn')),
    percent_pending DOUBLE CHECK (percent_pending BETWEEN 0 AND 100),
    known_from TIMESTAMP NOT NULL,
    known_basis VARCHAR NOT NULL CHECK (known_basis IN ('publication', 'snapshot')),
    known_to TIMESTAMP,
    source VARCHAR NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    row_number INTEGER,
    PRIMARY KEY (source, fips, period_end, known_from),
    CHECK (known_to IS NULL OR known_from < known_to),
    CHECK (period_start < period_end),
    CHECK ((deaths IS NULL) = (missing_reason IS NOT NULL))
);
COMMENT ON TABLE core.county_overdoses IS 'Provisional counts of drug overdose deaths by county of residence, over the 12 months that end with period_end, as known at each vintage.';
COMMENT ON COLUMN core.county_overdoses.fips IS 'Five digits: two of the state, three of the county.';
COMMENT ON COLUMN core.county_overdoses.actor_id IS 'The state (US-MI); counties are no actors.';
COMMENT ON COLUMN core.county_overdoses.name IS 'Name of the county as published.';
COMMENT ON COLUMN core.county_overdoses.period_start IS 'First day of the 12 months.';
COMMENT ON COLUMN core.county_overdoses.period_end IS 'Last day of the 12 months.';
COMMENT ON COLUMN core.county_overdoses.deaths IS 'Deaths; NULL with a missing_reason, never 0 for a suppressed one.';
COMMENT ON COLUMN core.county_overdoses.missing_reason IS 'Why deaths is NULL. suppressed: 1 to 9 deaths; low_quality: withheld for the quality of the data, by its footnote; not_published: blank without a reason; withdrawn: no longer in a newer complete vintage.';
COMMENT ON COLUMN core.county_overdoses.percent_pending IS 'Share of records pending investigation, percent, 0 to 100: the source publishes a share from 0 to 1. NULL where not stated.';
COMMENT ON COLUMN core.county_overdoses.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.county_overdoses.known_basis IS 'publication: the date of the vintage that the file states (Data as of); snapshot: retrieval.';
COMMENT ON COLUMN core.county_overdoses.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.county_overdoses.source IS 'Source id.';
COMMENT ON COLUMN core.county_overdoses.snapshot_id IS 'The snapshot that brought the row.';
COMMENT ON COLUMN core.county_overdoses.row_number IS 'Row in its file, from 1 after the header; NULL for withdrawn rows.';
