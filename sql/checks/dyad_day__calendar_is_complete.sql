-- critical: A missing day would pass for a quiet one: every day from the first to the last is there.
-- table: marts.dyad_day
-- scope: build
SELECT source_id, target_id, min(date) AS first_date, max(date) AS last_date, count(DISTINCT date) AS n_dates
FROM marts.dyad_day
GROUP BY source_id, target_id
HAVING count(DISTINCT date) <> max(date) - min(date) + 1;
