-- critical: A month without 30 days of events, or of a dyad with few in them, has no index: NULL, not 0; and the index lies in 0 to 100.
-- table: marts.tension_index
-- scope: build
SELECT *
FROM marts.tension_index
WHERE (tension IS NOT NULL AND (coalesce(rated_to - rated_from, 40) NOT BETWEEN 29 AND 39 OR n_events_rated < 10))
    OR tension NOT BETWEEN 0 AND 100
    OR conflict_score NOT BETWEEN 0 AND 100
    OR goldstein_score NOT BETWEEN 0 AND 100
    OR attention_share NOT BETWEEN 0 AND 1;
