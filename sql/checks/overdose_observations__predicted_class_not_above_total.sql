-- warning: No predicted count of a drug class exceeds that of a class that contains it by more than the rounding of each, in one vintage: 20 exceeded it in 11 vintages, each by 1.
-- table: core.overdose_observations
WITH counts AS (
    SELECT actor_id, drug, period_end, value, snapshot_id, known_from
    FROM core.overdose_observations
    WHERE source = 'us_cdc_vsrr' AND measure = 'deaths_12m' AND basis = 'predicted' AND value IS NOT NULL
),
nested (part, whole) AS (
    SELECT DISTINCT drug, 'all' FROM counts WHERE drug <> 'all'
    UNION ALL
    SELECT * FROM (VALUES
        ('T40.1', 'T40.0-T40.4,T40.6'), ('T40.2-T40.4', 'T40.0-T40.4,T40.6'), ('T40.2,T40.3', 'T40.2-T40.4'),
        ('T40.4', 'T40.2-T40.4'), ('T40.2', 'T40.2,T40.3'), ('T40.3', 'T40.2,T40.3')
    )
)
SELECT p.actor_id, p.period_end, p.drug, w.drug AS whole, p.value AS part_value, w.value AS whole_value, p.known_from
FROM counts AS p
JOIN nested ON nested.part = p.drug
JOIN counts AS w
    ON p.actor_id = w.actor_id AND p.period_end = w.period_end AND w.drug = nested.whole AND p.snapshot_id = w.snapshot_id
WHERE p.value > w.value + 1
