-- What is counted of harms by drugs outside the United States' death statistics, of seizures and of prices, as each vintage gave it.
-- sorted by: source, actor_id, measure, substance, manner, unit, period_start, period_end, known_from
-- newest: period_end by source
CREATE TABLE core.drug_harms (
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    measure VARCHAR NOT NULL CHECK (measure IN (
        'apparent_deaths', 'hospitalizations', 'ed_visits', 'ems_responses', 'drug_reports', 'drugs_seized',
        'retail_price', 'retail_price_low', 'retail_price_high', 'wholesale_price', 'wholesale_price_low', 'wholesale_price_high'
    )),
    substance VARCHAR NOT NULL,
    manner VARCHAR NOT NULL CHECK (manner IN ('all', 'accidental', 'intentional', 'not_stated')),
    unit VARCHAR NOT NULL CHECK (unit IN (
        'count', 'percent', 'crude_rate', 'age_adjusted_rate', 'kilograms', 'usd_per_gram', 'usd_per_litre', 'usd_per_piece'
    )),
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    period_basis VARCHAR NOT NULL CHECK (period_basis IN ('stated', 'order')),
    value DOUBLE CHECK (value >= 0),
    missing_reason VARCHAR CHECK (missing_reason IN ('suppressed', 'not_available', 'not_applicable')),
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    source VARCHAR NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    row_number INTEGER,
    PRIMARY KEY (actor_id, measure, substance, manner, unit, period_start, period_end, known_from),
    CHECK (period_start <= period_end),
    CHECK ((value IS NULL) = (missing_reason IS NOT NULL)),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.drug_harms IS 'Harms by drugs of other states, reports of laboratories, and what states report of seizures and prices. Filter known_to IS NULL for what is current, and always measure, substance, manner, unit and the length of the period: years, quarters and parts of a year stand beside each other. Not comparable with core.overdose_observations: apparent deaths include those whose cause is still under investigation.';
COMMENT ON COLUMN core.drug_harms.actor_id IS 'The state, province or territory.';
COMMENT ON COLUMN core.drug_harms.measure IS 'What is counted: apparent_deaths (apparent toxicity deaths), hospitalizations (poisonings; without Quebec), ed_visits (visits to emergency departments), ems_responses (of paramedics to suspected overdoses), drug_reports (identifications by forensic laboratories), drugs_seized (as the state reports to UNODC), retail_price and wholesale_price (typical), retail_price_low and wholesale_price_low (the least), retail_price_high and wholesale_price_high (the highest).';
COMMENT ON COLUMN core.drug_harms.substance IS 'opioids or stimulants, or a type of them (fentanyl, fentanyl_analogues, non_fentanyl_opioids, cocaine, ...): then unit is percent, of the events of the group in which it was found; types overlap. Of drug_reports the substance as the laboratories name it, in small letters, salts apart: these add up. Of seizures and prices the drug as UNODC names it: totals ("ecstasy") stand beside their parts.';
COMMENT ON COLUMN core.drug_harms.manner IS 'all; accidental; intentional (suicide, self-harm); not_stated: the file does not say of which events a type is a share.';
COMMENT ON COLUMN core.drug_harms.unit IS 'count; percent; crude_rate and age_adjusted_rate per 100,000 of the population that the publisher takes; kilograms; usd_per_gram, usd_per_litre, usd_per_piece (tablet, dose): US dollars of the year.';
COMMENT ON COLUMN core.drug_harms.period_start IS 'First day.';
COMMENT ON COLUMN core.drug_harms.period_end IS 'Last day.';
COMMENT ON COLUMN core.drug_harms.period_basis IS 'stated, or order: the file states none, and its series is of as many rows as there are periods.';
COMMENT ON COLUMN core.drug_harms.value IS 'The figure; NULL with a missing_reason, never 0 for a suppressed one.';
COMMENT ON COLUMN core.drug_harms.missing_reason IS 'Why there is none: suppressed (small), not_available, not_applicable.';
COMMENT ON COLUMN core.drug_harms.known_from IS 'Since when this was known, UTC: retrieval of the first vintage that had it.';
COMMENT ON COLUMN core.drug_harms.known_to IS 'Until when it was current, UTC; NULL while it is.';
COMMENT ON COLUMN core.drug_harms.source IS 'Source id.';
COMMENT ON COLUMN core.drug_harms.snapshot_id IS 'The snapshot that brought the row.';
COMMENT ON COLUMN core.drug_harms.row_number IS 'Row in its file, from 1 after the header.';
