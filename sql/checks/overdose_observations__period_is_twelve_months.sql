-- critical: A 12-month count ends with the last day of a month and begins with the first day of the month eleven before: rows of any other length are not comparable.
-- rests on: a rule of the publisher: the period of every row is "12 month-ending".
-- table: core.overdose_observations
-- rows: actor_id, measure, drug, basis, period_end, known_from, snapshot_id
SELECT actor_id, measure, drug, basis, period_start, period_end, known_from, snapshot_id
FROM core.overdose_observations
WHERE source = 'us_cdc_vsrr'
    AND (period_end <> last_day(period_end) OR period_start <> CAST(date_trunc('month', period_end) - INTERVAL 11 MONTH AS DATE))
