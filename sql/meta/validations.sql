-- Results of the expectations that the data of this file has passed, or failed with a warning.
CREATE TABLE meta.validations (
    table_name VARCHAR NOT NULL,
    expectation VARCHAR NOT NULL,
    severity VARCHAR NOT NULL CHECK (severity IN ('critical', 'warning')),
    status VARCHAR NOT NULL CHECK (status IN ('passed', 'failed', 'skipped', 'error')),
    description VARCHAR NOT NULL,
    observed VARCHAR,
    n_unexpected BIGINT,
    offending_rows VARCHAR,
    validated_at TIMESTAMP NOT NULL,
    n_set_aside BIGINT,
    PRIMARY KEY (table_name, expectation)
);
COMMENT ON TABLE meta.validations IS 'What was expected of each table, and what was found.';
COMMENT ON COLUMN meta.validations.table_name IS 'Full name of the table.';
COMMENT ON COLUMN meta.validations.expectation IS 'Name of the expectation (and of the asset check).';
COMMENT ON COLUMN meta.validations.severity IS 'critical: a failure blocks publication; warning: it does not.';
COMMENT ON COLUMN meta.validations.status IS 'passed; failed: rows broke the rule; skipped: the domain was never loaded; error: the check itself could not run.';
COMMENT ON COLUMN meta.validations.description IS 'What is expected and why.';
COMMENT ON COLUMN meta.validations.observed IS 'What was observed, as JSON.';
COMMENT ON COLUMN meta.validations.n_unexpected IS 'Number of offending rows.';
COMMENT ON COLUMN meta.validations.offending_rows IS 'Up to 20 offending rows or values, as JSON; of a rule for which rows were quarantined, their keys.';
COMMENT ON COLUMN meta.validations.validated_at IS 'When it was run, UTC.';
COMMENT ON COLUMN meta.validations.n_set_aside IS 'Rows that broke it and were quarantined, with what refers to them: meta.rejects has each. NULL where there is none.';
