-- critical: Counts of 1 to 9 are never published by county, so one means another column or another set.
-- table: core.county_overdoses
SELECT * FROM core.county_overdoses WHERE deaths BETWEEN 1 AND 9
