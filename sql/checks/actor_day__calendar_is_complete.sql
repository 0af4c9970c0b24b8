-- critical: A missing day would pass for a quiet one: every day from the first to the last is there.
-- table: marts.actor_day
-- scope: build
SELECT actor_id, min(date) AS first_date, max(date) AS last_date, count(DISTINCT date) AS n_dates
FROM marts.actor_day
GROUP BY actor_id
HAVING count(DISTINCT date) <> max(date) - min(date) + 1;
