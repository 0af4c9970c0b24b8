-- warning: No core table holds fewer rows than were published before: rows are closed, not deleted.
-- table: meta.row_counts
-- scope: build
SELECT table_name, n_rows, n_rows_before
FROM meta.row_counts
WHERE table_name LIKE 'core.%' AND n_rows < n_rows_before;
