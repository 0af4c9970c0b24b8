-- critical: No count was known before its months had ended: the months or the date of the vintage would be wrong, and an as-of question would look ahead.
-- rests on: a definition: what has not ended cannot have been counted.
-- table: core.overdose_observations
-- rows: source, actor_id, measure, drug, basis, period_end, known_from
SELECT source, actor_id, measure, drug, basis, period_end, known_from, snapshot_id
FROM core.overdose_observations
WHERE period_end > known_from
