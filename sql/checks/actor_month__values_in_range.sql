-- critical: Shares lie in 0 to 1 (both parts on one basis; of predicted counts, of 10 or more and each rounded by itself, up to 1.1), counts and quantities are not negative.
-- table: marts.actor_month
-- scope: build
SELECT *
FROM marts.actor_month
WHERE coverage_share NOT BETWEEN 0 AND 1 OR t404_share NOT BETWEEN 0 AND 1.1 OR t404_share_first NOT BETWEEN 0 AND 1.1
    OR n_events_as_source < 0 OR n_events_as_target < 0 OR seizures < 0 OR seized_kg < 0 OR seized_kg_fentanyl > seized_kg + 0.000001;
