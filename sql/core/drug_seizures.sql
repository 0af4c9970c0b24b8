-- Drugs seized by the authority, by area and month, as known at each file.
-- sorted by: actor_id, drug, period_end, component, region, land_filter, area, known_from
-- newest: period_end by source
CREATE TABLE core.drug_seizures (
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    region VARCHAR NOT NULL,
    component VARCHAR NOT NULL,
    land_filter VARCHAR NOT NULL,
    area VARCHAR NOT NULL,
    drug VARCHAR NOT NULL,
    period_end DATE NOT NULL,
    fiscal_year INTEGER NOT NULL,
    n_events BIGINT CHECK (n_events >= 0),
    quantity_lbs DOUBLE CHECK (quantity_lbs >= 0),
    quantity_kg DOUBLE CHECK (quantity_kg >= 0),
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    source VARCHAR NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    row_number INTEGER,
    PRIMARY KEY (actor_id, region, component, land_filter, area, drug, period_end, known_from),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.drug_seizures IS 'Drug seizures by month, office and area, as known at each file. Filter known_to IS NULL for what is current. Every published file holds four fiscal years; a year that a newer file leaves out stays. Quantities add up over rows of one moment; n_events counts seizures per drug, and one seizure of two drugs counts twice.';
COMMENT ON COLUMN core.drug_seizures.actor_id IS 'The state whose authority seized.';
COMMENT ON COLUMN core.drug_seizures.region IS 'Region as the source names it.';
COMMENT ON COLUMN core.drug_seizures.component IS 'Office that seized.';
COMMENT ON COLUMN core.drug_seizures.land_filter IS 'Land Only or Other, as the source names it.';
COMMENT ON COLUMN core.drug_seizures.area IS 'Field office, sector or branch (area of responsibility).';
COMMENT ON COLUMN core.drug_seizures.drug IS 'Drug as the source names it, without its footnote marks.';
COMMENT ON COLUMN core.drug_seizures.period_end IS 'Last day of the calendar month.';
COMMENT ON COLUMN core.drug_seizures.fiscal_year IS 'Fiscal year of the United States: October 2022 is in 2023.';
COMMENT ON COLUMN core.drug_seizures.n_events IS 'Number of seizures.';
COMMENT ON COLUMN core.drug_seizures.quantity_lbs IS 'Quantity in pounds; 0 where there are seizures means less than the source records.';
COMMENT ON COLUMN core.drug_seizures.quantity_kg IS 'Quantity in kilograms (0.45359237 to the pound).';
COMMENT ON COLUMN core.drug_seizures.known_from IS 'Since when this was known, UTC: retrieval of the first file that had it.';
COMMENT ON COLUMN core.drug_seizures.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.drug_seizures.source IS 'Source id.';
COMMENT ON COLUMN core.drug_seizures.snapshot_id IS 'The snapshot that brought the row.';
COMMENT ON COLUMN core.drug_seizures.row_number IS 'Row in its file, from 1 after the header.';
