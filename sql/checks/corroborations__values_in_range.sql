-- critical: Scores lie in 0 to 1, lags within a week, and the event shown is one of those counted.
-- table: marts.corroborations
-- scope: build
SELECT *
FROM marts.corroborations
WHERE score IS NULL
    OR score NOT BETWEEN 0 AND 1
    OR lag_days IS NULL
    OR abs(lag_days) > 7
    OR n_events <> len(event_ids)
    OR NOT list_contains(event_ids, event_id)
    OR reasons IS NULL
    OR reasons = '';
