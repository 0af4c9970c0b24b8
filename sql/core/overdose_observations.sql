-- Counts of overdose deaths in both clocks: one row per change of what was known.
-- sorted by: actor_id, known_from, period_end, measure, drug, basis
-- warning: aggregation_hazard: deaths_12m are sums over the 12 months that end with period_end; consecutive rows share 11 months, so never add them up. Drug classes overlap and never add up to the total.
-- warning: early_release: reported counts of the newest months are too low.
-- newest: period_end by source
CREATE TABLE core.overdose_observations (
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    measure VARCHAR NOT NULL CHECK (measure IN ('deaths_12m', 'all_cause_deaths_12m', 'deaths_year', 'deaths_month', 'pct_drugs_specified', 'age_adjusted_rate_year', 'unintentional_deaths_year', 'unintentional_deaths_month', 'unintentional_age_adjusted_rate_year')),
    drug VARCHAR NOT NULL,
    basis VARCHAR NOT NULL CHECK (basis IN ('reported', 'predicted', 'final')),
    counts_by VARCHAR NOT NULL CHECK (counts_by IN ('occurrence', 'residence')),
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    value DOUBLE CHECK (value >= 0),
    unit VARCHAR NOT NULL CHECK (unit IN ('deaths', 'percent', 'per_100k')),
    missing_reason VARCHAR CHECK (missing_reason IN ('low_quality', 'suppressed', 'low_quality_and_suppressed', 'unreliable', 'not_published', 'withdrawn')),
    is_provisional BOOLEAN,
    is_partial BOOLEAN,
    percent_complete DOUBLE CHECK (percent_complete BETWEEN 0 AND 100),
    percent_complete_is_lower_bound BOOLEAN,
    percent_pending DOUBLE CHECK (percent_pending BETWEEN 0 AND 100),
    is_derived BOOLEAN NOT NULL,
    vintage_scope VARCHAR NOT NULL CHECK (vintage_scope IN ('complete', 'partial')),
    known_from TIMESTAMP NOT NULL,
    known_basis VARCHAR NOT NULL CHECK (known_basis IN ('publication', 'query', 'snapshot')),
    known_to TIMESTAMP,
    source VARCHAR NOT NULL,
    dataset VARCHAR,
    is_query_stated BOOLEAN,
    snapshot_id VARCHAR NOT NULL,
    row_number INTEGER,
    PRIMARY KEY (source, actor_id, measure, drug, basis, counts_by, period_end, known_from),
    CHECK (known_to IS NULL OR known_from < known_to),
    CHECK (period_start < period_end),
    CHECK ((value IS NULL) = (missing_reason IS NOT NULL)),
    CHECK (unit <> 'percent' OR value IS NULL OR value <= 100),
    CHECK (unit <> 'deaths' OR value IS NULL OR value = floor(value))
);
COMMENT ON TABLE core.overdose_observations IS 'Counts and rates of drug overdose deaths, provisional and final, as known at each vintage. A series is source, actor, measure, drug, basis and counts_by: provisional and final figures, and deaths by place of occurrence and of residence, are never one series. deaths_month and deaths_year come from exports that leave out cells below 10 or show them as suppressed: what is not there is unknown, not 0, and states do not add up to the nation. unintentional_*: SUDORS, a part of all overdose deaths in the jurisdictions that take part: no sum of them is the nation.';
COMMENT ON COLUMN core.overdose_observations.actor_id IS 'USA or a jurisdiction. US-NY-XNYC is New York State without the city, US-NY-NYC the city, US-NY their sum (derived, outside every sum).';
COMMENT ON COLUMN core.overdose_observations.measure IS 'What is counted. deaths_12m: overdose deaths over the 12 months to period_end; deaths_year, deaths_month: over a calendar year, over a month; all_cause_deaths_12m: deaths from every cause, not overdoses; pct_drugs_specified: percent of overdose certificates that name a drug. age_adjusted_rate_year is standardised to the population of 2000 and is not deaths divided by population. unintentional_deaths_year, unintentional_deaths_month, unintentional_age_adjusted_rate_year: overdose deaths of unintentional and undetermined intent as found by investigation (SUDORS), without suicides and homicides; their rates have residents below deaths that occurred in the place. They are never one series with the others.';
COMMENT ON COLUMN core.overdose_observations.drug IS 'all, or the ICD-10 codes of the class (T40.4: synthetic opioids other than methadone, mostly fentanyl). Of unintentional_* the name of a substance or class (illicitly_manufactured_fentanyls, xylazine): taken by the investigation to have contributed to the death, and the same as no ICD-10 class.';
COMMENT ON COLUMN core.overdose_observations.basis IS 'reported: as counted so far; predicted: adjusted by the source for late records; final: closed file, residents.';
COMMENT ON COLUMN core.overdose_observations.counts_by IS 'occurrence: deaths that happened in the place, whoever died (VSRR, SUDORS); residence: deaths of those who lived there, wherever they died (WONDER, NIDA). The nation by occurrence is 0.4 to 1.8 % above that by residence.';
COMMENT ON COLUMN core.overdose_observations.period_start IS 'First day of the period.';
COMMENT ON COLUMN core.overdose_observations.period_end IS 'Last day of the period (a month is the date of its last day).';
COMMENT ON COLUMN core.overdose_observations.value IS 'The count or percent; NULL with a missing_reason, never 0 for a suppressed one.';
COMMENT ON COLUMN core.overdose_observations.unit IS 'deaths: a number of deaths; percent: 0 to 100; per_100k: deaths per 100,000 persons.';
COMMENT ON COLUMN core.overdose_observations.missing_reason IS 'Why the value is NULL. suppressed: fewer than 10; low_quality: withheld for the quality of the data, by its footnote; low_quality_and_suppressed: both; unreliable: a rate from fewer than 20 deaths; not_published: blank without a reason; withdrawn: no longer in a newer complete vintage.';
COMMENT ON COLUMN core.overdose_observations.is_provisional IS 'Whether the year was still open in that vintage; NULL where the vintage does not say.';
COMMENT ON COLUMN core.overdose_observations.is_partial IS 'True where the source marks the period as not wholly counted yet (provisional and partial).';
COMMENT ON COLUMN core.overdose_observations.percent_complete IS 'Share of death records received, percent.';
COMMENT ON COLUMN core.overdose_observations.percent_complete_is_lower_bound IS 'True where the source writes 99+ or 99.5+.';
COMMENT ON COLUMN core.overdose_observations.percent_pending IS 'Share of records pending investigation, percent.';
COMMENT ON COLUMN core.overdose_observations.is_derived IS 'True where the row is computed here, not published.';
COMMENT ON COLUMN core.overdose_observations.vintage_scope IS 'Whether the row came with a complete vintage, or with a partial one: part of the rows, which withdraws nothing.';
COMMENT ON COLUMN core.overdose_observations.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.overdose_observations.known_basis IS 'publication: moment stated by the source; query: moment at which the source answered the query that made the export; snapshot: retrieval of the first snapshot that had it.';
COMMENT ON COLUMN core.overdose_observations.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.overdose_observations.source IS 'Source id.';
COMMENT ON COLUMN core.overdose_observations.dataset IS 'Data set of the source: xkb8-kh2a (VSRR), D77, D157, D176 (WONDER), nida_workbook, sudors_dashboard; NULL where an export without its trailer leaves it open. Where D77 and D157 overlap, the row of the one that was first known stands until another value comes; D157 takes precedence over D77.';
COMMENT ON COLUMN core.overdose_observations.is_query_stated IS 'True where the export states the ICD codes it was made with and they are the overdose list; false for an export without its trailer, whose codes cannot be checked; NULL for sources that are not queries.';
COMMENT ON COLUMN core.overdose_observations.snapshot_id IS 'The snapshot that brought the row.';
COMMENT ON COLUMN core.overdose_observations.row_number IS 'Row in its file, from 1 after the header; NULL for derived and withdrawn rows.';
