-- warning: No vintage of OFAC's list here ever edited more than 100 listings and a tenth of the list at once: so many edits mean that the file was written in another way (encoding, blanks), not that the authority acted.
-- table: core.sanction_events
SELECT e.list_id, e.snapshot_id, e.known_at, count(*) AS n_modified, any_value(l.n_in_force) AS n_in_force
FROM core.sanction_events AS e
JOIN (
    SELECT list_id, count(*) AS n_in_force FROM core.sanction_listings WHERE known_to IS NULL AND valid_to IS NULL GROUP BY list_id
) AS l USING (list_id)
WHERE e.kind = 'modified' AND e.event_date_earliest IS NOT NULL
GROUP BY e.list_id, e.snapshot_id, e.known_at
HAVING n_modified > 100 AND n_modified > 0.1 * any_value(l.n_in_force)
