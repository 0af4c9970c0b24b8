-- How many overdose deaths did a reader of 22 December 2023 know of, and what do we know of the same months now?
-- How to read it: each row is 12 months to period_end, of the United States; consecutive rows overlap, never add them up. Where
-- known_then is NULL, no figure for those months was known that day.
SELECT
    n.period_end,
    n.basis,
    t.value AS known_then,
    t.known_from AS known_then_from,
    n.value AS known_now,
    n.value - t.value AS revised_by
FROM overdose_latest() AS n
LEFT JOIN overdose_as_known(DATE '2023-12-22') AS t USING (source, actor_id, measure, drug, basis, period_end)
WHERE n.actor_id = 'USA'
    AND n.measure = 'deaths_12m'
    AND n.drug = 'all'
    AND n.period_end BETWEEN DATE '2022-01-31' AND DATE '2023-12-31'
ORDER BY n.period_end, n.basis;
