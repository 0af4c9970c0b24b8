-- The share of one drug class in the overdose deaths of one jurisdiction and period, by current knowledge.
-- grain: source, actor_id, measure, drug, basis, counts_by, period_end
-- vocabularies: measure: core.overdose_observations.measure; basis: core.overdose_observations.basis; counts_by: core.overdose_observations.counts_by
-- warning: aggregation_hazard: classes overlap: shares never add up to 1. Periods of 12 months overlap; never average or add them.
CREATE VIEW marts.overdose_shares AS
SELECT * EXCLUDE (vintage_age_days)
FROM overdose_shares_as_known(end_of_time());
COMMENT ON VIEW marts.overdose_shares IS 'Shares of drug classes in all overdose deaths: the macro overdose_shares_as_known at this moment.';
COMMENT ON COLUMN marts.overdose_shares.source IS 'Source id.';
COMMENT ON COLUMN marts.overdose_shares.actor_id IS 'The jurisdiction; USA the nation.';
COMMENT ON COLUMN marts.overdose_shares.measure IS 'What is counted, as in core.overdose_observations.';
COMMENT ON COLUMN marts.overdose_shares.drug IS 'all, or the ICD-10 codes of the class.';
COMMENT ON COLUMN marts.overdose_shares.basis IS 'reported, predicted or final.';
COMMENT ON COLUMN marts.overdose_shares.counts_by IS 'occurrence: deaths in the place; residence: deaths of its residents.';
COMMENT ON COLUMN marts.overdose_shares.period_start IS 'First day of the period.';
COMMENT ON COLUMN marts.overdose_shares.period_end IS 'Last day of the period.';
COMMENT ON COLUMN marts.overdose_shares.deaths IS 'Deaths with the class.';
COMMENT ON COLUMN marts.overdose_shares.deaths_all IS 'All overdose deaths.';
COMMENT ON COLUMN marts.overdose_shares.share IS 'deaths / deaths_all, 0 to 1.';
COMMENT ON COLUMN marts.overdose_shares.pct_drugs_specified IS 'Share of overdose certificates that name a drug, percent; NULL where not published.';
COMMENT ON COLUMN marts.overdose_shares.known_from IS 'When both figures were known, UTC.';
COMMENT ON COLUMN marts.overdose_shares.vintage_date IS 'Day (UTC) of the newest vintage that holds both series.';
