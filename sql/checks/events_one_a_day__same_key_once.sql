-- critical: One event a day per pair of parties and code: a second one would count attention.
-- table: marts.events_one_a_day
-- scope: build
SELECT date, source_id, source_sector, target_id, target_sector, cameo_code, plover_event, party_no, count(*) AS n_rows
FROM marts.events_one_a_day
GROUP BY ALL
HAVING count(*) > 1;
