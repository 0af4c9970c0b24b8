-- Overdose deaths of one month in one jurisdiction, worked out of 12-month sums, by current knowledge.
-- grain: actor_id, drug, basis, counts_by, period_end
-- vocabularies: basis: core.overdose_observations.basis; counts_by: core.overdose_observations.counts_by
-- warning: early_release: the newest six months (is_recent) of reported counts are too low.
-- warning: estimated_values: an error of the first year comes back in the same month of every year.
-- warning: aggregation_hazard: drug classes overlap and never add up to all; states whose first year is suppressed are not there.
CREATE VIEW marts.overdose_monthly AS
SELECT * EXCLUDE (vintage_age_days)
FROM overdose_monthly_as_known(end_of_time());
COMMENT ON VIEW marts.overdose_monthly IS 'Deaths of single months: the macro overdose_monthly_as_known at this moment.';
COMMENT ON COLUMN marts.overdose_monthly.actor_id IS 'The jurisdiction; USA the nation.';
COMMENT ON COLUMN marts.overdose_monthly.drug IS 'all, or the ICD-10 codes of the class.';
COMMENT ON COLUMN marts.overdose_monthly.basis IS 'reported, predicted or final.';
COMMENT ON COLUMN marts.overdose_monthly.counts_by IS 'occurrence: deaths in the place; residence: deaths of its residents.';
COMMENT ON COLUMN marts.overdose_monthly.period_start IS 'First day of the month.';
COMMENT ON COLUMN marts.overdose_monthly.period_end IS 'Last day of the month.';
COMMENT ON COLUMN marts.overdose_monthly.deaths IS 'Deaths of that month; NULL where the first year is not known or suppressed. May be below 0 for the newest reported months.';
COMMENT ON COLUMN marts.overdose_monthly.deaths_change IS 'Deaths of that month less those of the same month a year before; known without a first year.';
COMMENT ON COLUMN marts.overdose_monthly.is_recent IS 'One of the newest six months of the vintage.';
COMMENT ON COLUMN marts.overdose_monthly.base IS 'The first year, from which the months are counted on; NULL where none is known.';
COMMENT ON COLUMN marts.overdose_monthly.method IS 'How deaths was worked out, or why it is NULL.';
COMMENT ON COLUMN marts.overdose_monthly.known_from IS 'Since when the vintage was known, UTC.';
COMMENT ON COLUMN marts.overdose_monthly.snapshot_id IS 'The vintage: all sums are of this one.';
COMMENT ON COLUMN marts.overdose_monthly.vintage_date IS 'Day (UTC) of the newest vintage that holds the series.';
