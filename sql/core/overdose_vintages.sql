-- Which months each vintage holds of each series: differences between months are right within one vintage only.
-- sorted by: actor_id, measure, drug, basis, known_from
-- newest: known_from
CREATE TABLE core.overdose_vintages (
    source VARCHAR NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    known_from TIMESTAMP NOT NULL,
    vintage_scope VARCHAR NOT NULL CHECK (vintage_scope IN ('complete', 'partial')),
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    measure VARCHAR NOT NULL,
    drug VARCHAR NOT NULL,
    basis VARCHAR NOT NULL CHECK (basis IN ('reported', 'predicted')),
    counts_by VARCHAR NOT NULL CHECK (counts_by IN ('occurrence', 'residence')),
    first_period_end DATE NOT NULL,
    last_period_end DATE NOT NULL,
    n_periods INTEGER NOT NULL CHECK (n_periods > 0),
    last_closed_period_end DATE,
    PRIMARY KEY (source, known_from, actor_id, measure, drug, basis, counts_by),
    CHECK (first_period_end <= last_period_end),
    CHECK (n_periods <= date_diff('month', first_period_end, last_period_end) + 1)
);
COMMENT ON TABLE core.overdose_vintages IS 'Series in each vintage of the provisional counts: a value that is unchanged since an earlier vintage is part of a later one that has its month.';
COMMENT ON COLUMN core.overdose_vintages.source IS 'Source id.';
COMMENT ON COLUMN core.overdose_vintages.snapshot_id IS 'The vintage.';
COMMENT ON COLUMN core.overdose_vintages.known_from IS 'Since when the vintage was known, UTC.';
COMMENT ON COLUMN core.overdose_vintages.vintage_scope IS 'Whether the vintage is complete, or partial: part of the rows, which withdraws nothing.';
COMMENT ON COLUMN core.overdose_vintages.actor_id IS 'The jurisdiction.';
COMMENT ON COLUMN core.overdose_vintages.measure IS 'As in core.overdose_observations.';
COMMENT ON COLUMN core.overdose_vintages.drug IS 'As in core.overdose_observations.';
COMMENT ON COLUMN core.overdose_vintages.basis IS 'reported: as counted so far; predicted: adjusted by the source for late records.';
COMMENT ON COLUMN core.overdose_vintages.counts_by IS 'occurrence: deaths that happened in the place; residence: deaths of those who lived there.';
COMMENT ON COLUMN core.overdose_vintages.first_period_end IS 'First month with a row.';
COMMENT ON COLUMN core.overdose_vintages.last_period_end IS 'Last month with a row.';
COMMENT ON COLUMN core.overdose_vintages.n_periods IS 'Months with a row, values that are not shown included; fewer than from first to last: there are gaps.';
COMMENT ON COLUMN core.overdose_vintages.last_closed_period_end IS 'Last month that the vintage marks as finalised; NULL where it marks none (vintages before 2019 mark only what is open), and for predicted values, which are revised for all years.';
