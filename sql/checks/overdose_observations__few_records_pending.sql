-- warning: At most 5 % of the records of a jurisdiction are pending investigation: the largest share seen is 2.8 % (Puerto Rico), and a larger one means counts that are much too low or fractions taken for percents.
-- table: core.overdose_observations
SELECT actor_id, measure, drug, basis, period_end, percent_pending, known_from, snapshot_id
FROM core.overdose_observations
WHERE percent_pending > 5
