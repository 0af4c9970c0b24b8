-- critical: No count was known before its months had ended: an as-of question would look ahead.
-- rests on: a definition: what has not ended cannot have been counted.
-- table: core.county_overdoses
-- rows: source, fips, period_end, known_from
SELECT * FROM core.county_overdoses WHERE period_end > known_from
