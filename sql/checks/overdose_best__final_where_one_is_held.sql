-- critical: A final count of a year stands in the best series wherever there is one, and every year without a count has a reason.
-- table: marts.overdose_best
-- scope: build
SELECT b.actor_id, b.drug, b.year, b.deaths, b.basis, o.value
FROM marts.overdose_best AS b
LEFT JOIN core.overdose_observations AS o
    ON o.actor_id = b.actor_id AND o.drug = b.drug AND year(o.period_end) = b.year
    AND o.measure = 'deaths_year' AND o.basis = 'final' AND o.value IS NOT NULL AND o.known_to IS NULL
WHERE (o.value IS NOT NULL AND (b.basis IS DISTINCT FROM 'final' OR b.deaths IS DISTINCT FROM o.value))
    OR (b.deaths IS NULL) = (b.missing_reason IS NULL);
