-- Parties added in each year: four lists.
-- The four lists with most, as far as they cover their years.
WITH most AS (
    SELECT c.list_id
    FROM marts.list_changes AS c
    WHERE c.target_id = 'ALL' AND c.n_added > 0
    GROUP BY ALL
    ORDER BY sum(c.n_added) DESC, c.list_id
    LIMIT 4
)
SELECT make_date(year(c.date), 12, 31) AS day, c.list_id AS series, sum(c.n_added) AS value
FROM marts.list_changes AS c
JOIN most AS m ON m.list_id = c.list_id
WHERE c.target_id = 'ALL' AND c.n_added > 0
GROUP BY ALL
ORDER BY ALL;
