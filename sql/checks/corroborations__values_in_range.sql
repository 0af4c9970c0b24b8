-- critical: Scores lie in 0 to 1, lags within a week.
-- table: marts.corroborations
-- scope: build
SELECT *
FROM marts.corroborations
WHERE score IS NULL OR score NOT BETWEEN 0 AND 1 OR lag_days IS NULL OR abs(lag_days) > 7;
