-- critical: No event without a row, no row without a report, and not more outlets than reports.
-- table: marts.events_one_a_day
-- scope: build
SELECT *
FROM marts.events_one_a_day
WHERE n_rows <> len(event_ids) OR n_reports < n_rows OR n_outlets > n_reports OR len(origins) = 0;
