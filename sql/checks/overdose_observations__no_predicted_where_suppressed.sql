-- critical: No predicted value is given while the reported one is suppressed or of low quality: the publisher has printed such values by mistake, and they would reveal a count that must not be shown.
-- table: core.overdose_observations
WITH counts AS (
    SELECT actor_id, measure, drug, period_end, basis, value, known_from,
        coalesce(missing_reason IN ('suppressed', 'low_quality', 'low_quality_and_suppressed'), false) AS is_hidden
    FROM core.overdose_observations
    WHERE source = 'us_cdc_vsrr'
),
reported AS (FROM counts WHERE basis = 'reported'),
predicted AS (FROM counts WHERE basis = 'predicted')
SELECT p.actor_id, p.measure, p.drug, p.period_end, p.value AS predicted, p.known_from
FROM predicted AS p
ASOF JOIN reported AS r
    ON p.actor_id = r.actor_id AND p.measure = r.measure AND p.drug = r.drug AND p.period_end = r.period_end AND p.known_from >= r.known_from
WHERE p.value IS NOT NULL AND r.is_hidden
UNION
SELECT r.actor_id, r.measure, r.drug, r.period_end, p.value, r.known_from
FROM reported AS r
ASOF JOIN predicted AS p
    ON r.actor_id = p.actor_id AND r.measure = p.measure AND r.drug = p.drug AND r.period_end = p.period_end AND r.known_from >= p.known_from
WHERE p.value IS NOT NULL AND r.is_hidden
