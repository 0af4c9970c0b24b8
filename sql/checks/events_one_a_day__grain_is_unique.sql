-- critical: One row per event_id: a join on it must not multiply rows.
-- table: marts.events_one_a_day
-- scope: build
SELECT event_id, count(*) AS n_rows
FROM marts.events_one_a_day
GROUP BY ALL
HAVING count(*) > 1;
