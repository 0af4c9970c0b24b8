-- critical: A report cannot be known before the event that it reports is known.
-- table: core.event_reports
-- rows: event_id, report_id
SELECT r.event_id, r.report_id, r.known_from, e.known_from AS event_known_from
FROM core.event_reports AS r
JOIN core.events AS e USING (event_id)
WHERE r.known_from < e.known_from
