-- critical: Pounds and kilograms are one quantity, 0.45359237 kilograms to the pound.
-- table: core.drug_seizures
-- rows: actor_id, region, component, land_filter, area, drug, period_end, known_from
SELECT *
FROM core.drug_seizures
WHERE (quantity_lbs IS NULL) <> (quantity_kg IS NULL) OR abs(quantity_kg - quantity_lbs * 0.45359237) > 1e-9 * greatest(1, quantity_lbs)
