-- critical: Every month from the first to the last is there, written as its last day.
-- table: marts.actor_month
-- scope: build
SELECT actor_id, min(period_end) AS first_month, max(period_end) AS last_month, count(DISTINCT period_end) AS n_months
FROM marts.actor_month
GROUP BY actor_id
HAVING count(DISTINCT period_end) <> datediff('month', min(period_end), max(period_end)) + 1
    OR bool_or(period_end <> last_day(period_end));
