-- Deaths over twelve months beside the twelve months before, by current knowledge.
-- grain: source, actor_id, measure, drug, basis, counts_by, period_end
-- vocabularies: measure: core.overdose_observations.measure; basis: core.overdose_observations.basis; counts_by: core.overdose_observations.counts_by
-- warning: early_release: reported counts of the newest months are too low, and so is their change.
-- warning: aggregation_hazard: 12-month counts of consecutive months overlap; never add up deaths or changes over months or drug classes.
CREATE VIEW marts.overdose_changes AS
SELECT * EXCLUDE (vintage_age_days)
FROM overdose_changes_as_known(end_of_time());
COMMENT ON VIEW marts.overdose_changes IS 'Change of 12-month counts on the year before: the macro overdose_changes_as_known at this moment.';
COMMENT ON COLUMN marts.overdose_changes.source IS 'Source id.';
COMMENT ON COLUMN marts.overdose_changes.actor_id IS 'The jurisdiction; USA the nation.';
COMMENT ON COLUMN marts.overdose_changes.measure IS 'What is counted, as in core.overdose_observations.';
COMMENT ON COLUMN marts.overdose_changes.drug IS 'all, or the ICD-10 codes of the class.';
COMMENT ON COLUMN marts.overdose_changes.basis IS 'reported, predicted or final.';
COMMENT ON COLUMN marts.overdose_changes.counts_by IS 'occurrence: deaths in the place; residence: deaths of its residents.';
COMMENT ON COLUMN marts.overdose_changes.period_end IS 'Last day of the period.';
COMMENT ON COLUMN marts.overdose_changes.deaths IS 'Deaths over the 12 months to period_end.';
COMMENT ON COLUMN marts.overdose_changes.deaths_before IS 'Deaths over the 12 months before.';
COMMENT ON COLUMN marts.overdose_changes.deaths_change IS 'deaths less deaths_before.';
COMMENT ON COLUMN marts.overdose_changes.change_share IS 'deaths_change / deaths_before; NULL where that is 0.';
COMMENT ON COLUMN marts.overdose_changes.known_from IS 'When both figures were known, UTC.';
COMMENT ON COLUMN marts.overdose_changes.vintage_date IS 'Day (UTC) of the newest vintage that holds the series.';
