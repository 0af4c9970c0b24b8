-- critical: Every month from the first to the last is there, written as its last day.
-- table: marts.dyad_month
-- scope: build
SELECT source_id, target_id, min(period_end) AS first_month, max(period_end) AS last_month, count(DISTINCT period_end) AS n_months
FROM marts.dyad_month
GROUP BY source_id, target_id
HAVING count(DISTINCT period_end) <> datediff('month', min(period_end), max(period_end)) + 1
    OR bool_or(period_end <> last_day(period_end));
