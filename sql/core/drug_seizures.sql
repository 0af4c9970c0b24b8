-- Drugs seized by the authority, by area and month, as known at each file.
CREATE TABLE core.drug_seizures (
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    region VARCHAR NOT NULL,
    component VARCHAR NOT NULL,
    drug VARCHAR NOT NULL,
    period_end DATE NOT NULL,
    n_events BIGINT,
    quantity_lbs DOUBLE CHECK (quantity_lbs >= 0),
    quantity_kg DOUBLE CHECK (quantity_kg >= 0),
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    source VARCHAR NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    PRIMARY KEY (actor_id, region, component, drug, period_end, known_from),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.drug_seizures IS 'Drug seizures. Empty until a source is loaded.';
COMMENT ON COLUMN core.drug_seizures.actor_id IS 'The state whose authority seized.';
COMMENT ON COLUMN core.drug_seizures.region IS 'Region as the source names it.';
COMMENT ON COLUMN core.drug_seizures.component IS 'Office that seized.';
COMMENT ON COLUMN core.drug_seizures.drug IS 'Drug as the source names it.';
COMMENT ON COLUMN core.drug_seizures.period_end IS 'Last day of the calendar month.';
COMMENT ON COLUMN core.drug_seizures.n_events IS 'Number of seizures.';
COMMENT ON COLUMN core.drug_seizures.quantity_lbs IS 'Quantity in pounds.';
COMMENT ON COLUMN core.drug_seizures.quantity_kg IS 'Quantity in kilograms.';
COMMENT ON COLUMN core.drug_seizures.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.drug_seizures.known_to IS 'Until when it stood, UTC; NULL while it stands.';
COMMENT ON COLUMN core.drug_seizures.source IS 'Source id.';
COMMENT ON COLUMN core.drug_seizures.snapshot_id IS 'The snapshot that brought the row.';
