-- critical: The fiscal year begins in October: October 2022 is in fiscal year 2023, else every month is a year wrong.
-- rests on: a rule of the publisher: the fiscal year of the federal government begins in October.
-- table: core.drug_seizures
-- rows: actor_id, region, component, land_filter, area, drug, period_end, known_from
SELECT *
FROM core.drug_seizures
WHERE fiscal_year <> year(period_end) + CAST(month(period_end) >= 10 AS INTEGER) OR period_end <> last_day(period_end)
