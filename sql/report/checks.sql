-- Checks of the file by outcome, and those that failed.
SELECT v.severity, v.status, v.table_name, v.description, v.n_unexpected
FROM meta.validations AS v
ORDER BY v.status, v.severity, v.table_name, v.expectation;
