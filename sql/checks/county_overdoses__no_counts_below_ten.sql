-- critical: Counts of 1 to 9 are never published by county, so one means another column or another set.
-- rests on: a rule of the publisher: counts of 1 to 9 are suppressed.
-- table: core.county_overdoses
-- rows: source, fips, period_end, known_from
SELECT * FROM core.county_overdoses WHERE deaths BETWEEN 1 AND 9
