-- critical: What was known of a key neither overlaps nor has a gap: each version ends at the moment when the next one begins, else an as-of question has two answers or none.
-- table: core.overdose_observations
SELECT source, actor_id, measure, drug, basis, counts_by, period_end, known_from, known_to,
    lead(known_from) OVER (PARTITION BY source, actor_id, measure, drug, basis, counts_by, period_end ORDER BY known_from) AS next_known_from
FROM core.overdose_observations
QUALIFY next_known_from IS NOT NULL AND known_to IS DISTINCT FROM next_known_from
