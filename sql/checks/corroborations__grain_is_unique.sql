-- critical: One row per event_id, sanction_event_id: a join on it must not multiply rows.
-- table: marts.corroborations
-- scope: build
SELECT event_id, sanction_event_id, count(*) AS n_rows
FROM marts.corroborations
GROUP BY ALL
HAVING count(*) > 1;
