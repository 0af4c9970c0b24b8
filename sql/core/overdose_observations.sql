-- Counts of overdose deaths in both clocks: one row per change of what was known.
-- sorted by: actor_id, period_end, measure, drug, basis, known_from
CREATE TABLE core.overdose_observations (
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    measure VARCHAR NOT NULL CHECK (measure IN ('deaths_12m', 'all_cause_deaths_12m', 'deaths_year', 'deaths_month', 'pct_drugs_specified')),
    drug VARCHAR NOT NULL,
    basis VARCHAR NOT NULL CHECK (basis IN ('reported', 'predicted', 'final')),
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    value DOUBLE CHECK (value >= 0),
    unit VARCHAR NOT NULL CHECK (unit IN ('deaths', 'percent')),
    missing_reason VARCHAR CHECK (missing_reason IN ('low_quality', 'suppressed', 'low_quality_and_suppressed', 'not_published', 'withdrawn')),
    is_provisional BOOLEAN,
    percent_complete DOUBLE CHECK (percent_complete BETWEEN 0 AND 100),
    percent_complete_is_lower_bound BOOLEAN,
    percent_pending DOUBLE CHECK (percent_pending BETWEEN 0 AND 100),
    is_derived BOOLEAN NOT NULL,
    vintage_scope VARCHAR NOT NULL CHECK (vintage_scope IN ('complete', 'partial')),
    known_from TIMESTAMP NOT NULL,
    known_basis VARCHAR NOT NULL CHECK (known_basis IN ('publication', 'snapshot')),
    known_to TIMESTAMP,
    source VARCHAR NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    row_number INTEGER,
    PRIMARY KEY (source, actor_id, measure, drug, basis, period_end, known_from),
    CHECK (known_to IS NULL OR known_from < known_to),
    CHECK (period_start < period_end),
    CHECK ((value IS NULL) = (missing_reason IS NOT NULL)),
    CHECK (unit = 'deaths' OR value IS NULL OR value <= 100),
    CHECK (unit <> 'deaths' OR value IS NULL OR value = floor(value))
);
COMMENT ON TABLE core.overdose_observations IS 'Provisional counts of drug overdose deaths, as known at each vintage. AGGREGATION HAZARD: deaths_12m are sums over the 12 months that end with period_end; consecutive rows share 11 months, so never add them up. Drug classes overlap and never add up to the total. EARLY RELEASE: reported counts of the newest months are too low.';
COMMENT ON COLUMN core.overdose_observations.actor_id IS 'USA or a jurisdiction. US-NY-XNYC is New York State without the city, US-NY-NYC the city, US-NY their sum (derived, outside every sum).';
COMMENT ON COLUMN core.overdose_observations.measure IS 'What is counted. all_cause_deaths_12m is deaths from every cause, not overdoses.';
COMMENT ON COLUMN core.overdose_observations.drug IS 'all, or the ICD-10 codes of the class (T40.4: synthetic opioids other than methadone, mostly fentanyl).';
COMMENT ON COLUMN core.overdose_observations.basis IS 'reported: as counted so far; predicted: adjusted by the source for late records; final: closed file, residents.';
COMMENT ON COLUMN core.overdose_observations.period_start IS 'First day of the period.';
COMMENT ON COLUMN core.overdose_observations.period_end IS 'Last day of the period (a month is the date of its last day).';
COMMENT ON COLUMN core.overdose_observations.value IS 'The count or percent; NULL with a missing_reason, never 0 for a suppressed one.';
COMMENT ON COLUMN core.overdose_observations.unit IS 'deaths or percent (0 to 100).';
COMMENT ON COLUMN core.overdose_observations.missing_reason IS 'Why the value is NULL.';
COMMENT ON COLUMN core.overdose_observations.is_provisional IS 'Whether the year was still open in that vintage; NULL where the vintage does not say.';
COMMENT ON COLUMN core.overdose_observations.percent_complete IS 'Share of death records received, percent.';
COMMENT ON COLUMN core.overdose_observations.percent_complete_is_lower_bound IS 'True where the source writes 99+ or 99.5+.';
COMMENT ON COLUMN core.overdose_observations.percent_pending IS 'Share of records pending investigation, percent.';
COMMENT ON COLUMN core.overdose_observations.is_derived IS 'True where the row is computed here, not published.';
COMMENT ON COLUMN core.overdose_observations.vintage_scope IS 'Whether the row came with a complete vintage or a partial one.';
COMMENT ON COLUMN core.overdose_observations.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.overdose_observations.known_basis IS 'publication: date stated by the source; snapshot: retrieval of the first snapshot that held it.';
COMMENT ON COLUMN core.overdose_observations.known_to IS 'Until when it stood, UTC; NULL while it stands.';
COMMENT ON COLUMN core.overdose_observations.source IS 'Source id.';
COMMENT ON COLUMN core.overdose_observations.snapshot_id IS 'The snapshot that brought the row.';
COMMENT ON COLUMN core.overdose_observations.row_number IS 'Row in its file, from 1 after the header; NULL for derived and withdrawn rows.';
