-- critical: A month that is not covered, or has few events, has no index: NULL, not 0; and the index lies in 0 to 100.
-- table: marts.tension_index
-- scope: build
SELECT *
FROM marts.tension_index
WHERE (tension IS NOT NULL AND (coalesce(coverage_share, 0) < 0.75 OR n_events < 10))
    OR tension NOT BETWEEN 0 AND 100
    OR conflict_score NOT BETWEEN 0 AND 100
    OR goldstein_score NOT BETWEEN 0 AND 100
    OR attention_share NOT BETWEEN 0 AND 1;
