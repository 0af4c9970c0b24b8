-- How many Chinese parties stood on each American list on the first day of each month?
-- How to read it: a stock, by current knowledge; a list is shown only for days that its history covers. Listings already
-- there in the first list here count from its first day.
SELECT m.first_day AS date, l.list_id, s.name AS list, count(DISTINCT l.listing_id) AS n_in_force
FROM (
    SELECT CAST(unnest(generate_series(DATE '2018-01-01', DATE '2024-12-01', INTERVAL 1 MONTH)) AS DATE) AS first_day
) AS m
JOIN marts.listing_dyads AS l
    ON (l.valid_from IS NULL OR l.valid_from <= m.first_day) AND (l.valid_to IS NULL OR m.first_day < l.valid_to)
JOIN core.sanction_lists AS s ON s.list_id = l.list_id AND m.first_day BETWEEN s.covered_from AND s.covered_until
WHERE l.source_id = 'USA' AND l.target_id = 'CHN'
GROUP BY ALL
ORDER BY m.first_day, l.list_id;
