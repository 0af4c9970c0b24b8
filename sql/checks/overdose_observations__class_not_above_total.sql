-- critical: No drug class counts more reported deaths than the classes that contain it and than all overdoses, as known at one time: a death of the class is one of each of them, so more means that values are in the wrong series.
-- rests on: a definition: the codes of ICD-10 nest. Predicted counts are adjusted and rounded series by series, so that a class may exceed its container (20 times in 11 vintages, each time by 1): another check warns of them.
-- table: core.overdose_observations
-- Compared are the rows that one vintage brought, and those that are current unless a partial vintage, which need not hold both,
-- brought the later one. Comparing all that was ever known would cost ten times as much, and each earlier state was compared
-- when it stood.
WITH counts AS (
    SELECT actor_id, drug, period_end, value, snapshot_id, known_from, known_to, vintage_scope = 'complete' AS is_whole
    FROM core.overdose_observations
    WHERE source = 'us_cdc_vsrr' AND measure = 'deaths_12m' AND basis = 'reported' AND value IS NOT NULL
),
nested (part, whole) AS (
    SELECT DISTINCT drug, 'all' FROM counts WHERE drug <> 'all'
    UNION ALL
    SELECT * FROM (VALUES
        ('T40.1', 'T40.0-T40.4,T40.6'), ('T40.2-T40.4', 'T40.0-T40.4,T40.6'),
        ('T40.2,T40.3', 'T40.2-T40.4'), ('T40.4', 'T40.2-T40.4'), ('T40.2', 'T40.2,T40.3'), ('T40.3', 'T40.2,T40.3'),
        ('T40.2', 'T40.0-T40.4,T40.6'), ('T40.3', 'T40.0-T40.4,T40.6'), ('T40.4', 'T40.0-T40.4,T40.6')
    )
),
parts AS (SELECT counts.*, nested.whole FROM counts JOIN nested ON counts.drug = nested.part)
SELECT p.actor_id, p.period_end, p.drug, p.whole, p.value AS part_value, w.value AS whole_value, p.known_from
FROM parts AS p
JOIN counts AS w ON p.actor_id = w.actor_id AND p.period_end = w.period_end AND p.whole = w.drug AND p.snapshot_id = w.snapshot_id
WHERE p.value > w.value
UNION
SELECT p.actor_id, p.period_end, p.drug, p.whole, p.value, w.value, greatest(p.known_from, w.known_from)
FROM parts AS p
JOIN counts AS w ON p.actor_id = w.actor_id AND p.period_end = w.period_end AND p.whole = w.drug
WHERE p.known_to IS NULL AND w.known_to IS NULL AND p.value > w.value
    AND CASE WHEN p.known_from >= w.known_from THEN p.is_whole ELSE w.is_whole END
