-- Crude overdose death rate of one jurisdiction and period, by current knowledge.
-- grain: source, actor_id, measure, drug, basis, counts_by, period_end
-- vocabularies: measure: core.overdose_observations.measure; basis: core.overdose_observations.basis; counts_by: core.overdose_observations.counts_by
-- warning: not_comparable: crude, not age-adjusted: measure age_adjusted_rate_year of core.overdose_observations holds the adjusted ones that are published.
-- warning: aggregation_hazard: 12-month counts overlap and drug classes overlap; never add up or average rates.
CREATE VIEW marts.overdose_rates AS
SELECT * EXCLUDE (vintage_age_days)
FROM overdose_rates_as_known(end_of_time());
COMMENT ON VIEW marts.overdose_rates IS 'Crude rates per 100,000 residents: the macro overdose_rates_as_known at this moment.';
COMMENT ON COLUMN marts.overdose_rates.source IS 'Source id.';
COMMENT ON COLUMN marts.overdose_rates.actor_id IS 'The jurisdiction; USA the nation.';
COMMENT ON COLUMN marts.overdose_rates.measure IS 'What is counted, as in core.overdose_observations.';
COMMENT ON COLUMN marts.overdose_rates.drug IS 'all, or the ICD-10 codes of the class.';
COMMENT ON COLUMN marts.overdose_rates.basis IS 'reported, predicted or final.';
COMMENT ON COLUMN marts.overdose_rates.counts_by IS 'occurrence: deaths in the place; residence: deaths of its residents.';
COMMENT ON COLUMN marts.overdose_rates.period_end IS 'Last day of the period.';
COMMENT ON COLUMN marts.overdose_rates.deaths IS 'Deaths over the 12 months to period_end.';
COMMENT ON COLUMN marts.overdose_rates.population IS 'Residents (American Community Survey, one-year estimate).';
COMMENT ON COLUMN marts.overdose_rates.population_year IS 'Year of the estimate.';
COMMENT ON COLUMN marts.overdose_rates.is_population_carried IS 'True where the estimate of an earlier year is used.';
COMMENT ON COLUMN marts.overdose_rates.rate_per_100k IS 'deaths / population * 100,000.';
COMMENT ON COLUMN marts.overdose_rates.known_from IS 'Since when the deaths were known, UTC.';
COMMENT ON COLUMN marts.overdose_rates.vintage_date IS 'Day (UTC) of the newest vintage that holds the series.';
