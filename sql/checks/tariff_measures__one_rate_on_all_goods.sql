-- critical: An instrument has one rate on all goods of a state at a time: two would be added up.
-- table: core.tariff_measures
SELECT a.measure_id, b.measure_id AS other
FROM core.tariff_measures AS a
JOIN core.tariff_measures AS b
    ON b.source_id = a.source_id AND b.target_id IS NOT DISTINCT FROM a.target_id AND b.instrument = a.instrument AND a.measure_id < b.measure_id
WHERE a.applies_to = 'all' AND b.applies_to = 'all'
    AND a.valid_from < coalesce(b.valid_to, DATE 'infinity') AND b.valid_from < coalesce(a.valid_to, DATE 'infinity')
