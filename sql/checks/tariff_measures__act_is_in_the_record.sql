-- critical: A measure names an act of the record, in force on its first day or before where the record has that day.
-- table: core.tariff_measures
-- scope: build
SELECT t.measure_id, t.act_id, a.date_in_force
FROM core.tariff_measures AS t
LEFT JOIN core.official_acts AS a ON a.act_id = t.act_id
WHERE EXISTS (FROM core.official_acts AS o WHERE o.origin = 'reviewed') AND (a.act_id IS NULL OR a.date_in_force > t.valid_from)
