-- Overdose deaths of twelve months, as known each month.
-- In the United States, as known on the first day of each month. A gap: nothing was known, or it was too old to be given.
SELECT a.date AS day, 'known that morning' AS series, a.deaths_12m_known AS value
FROM marts.actor_day AS a
WHERE a.actor_id = 'USA' AND day(a.date) = 1
ORDER BY ALL;
