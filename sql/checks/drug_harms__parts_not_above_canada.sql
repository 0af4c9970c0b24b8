-- warning: Provinces and territories together have no more than Canada (in three vintages all but one of 670 sums): a row stands beside another place or period.
-- table: core.drug_harms
SELECT p.measure, p.substance, p.manner, p.period_start, p.period_end, sum(p.value) AS parts, c.value
FROM core.drug_harms AS p
JOIN core.drug_harms AS c
    ON c.actor_id = 'CAN' AND c.known_to IS NULL AND c.measure = p.measure AND c.substance = p.substance AND c.manner = p.manner
    AND c.unit = p.unit AND c.period_start = p.period_start AND c.period_end = p.period_end
WHERE p.actor_id LIKE 'CA-%' AND p.unit = 'count' AND p.known_to IS NULL
GROUP BY ALL
HAVING sum(p.value) > c.value
