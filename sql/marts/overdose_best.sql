-- One count of overdose deaths for each jurisdiction, drug class and calendar year, by current knowledge: a series without holes.
-- grain: actor_id, drug, year
-- vocabularies: basis: core.overdose_observations.basis; measure: core.overdose_observations.measure; counts_by: core.overdose_observations.counts_by; missing_reason: core.overdose_observations.missing_reason, never_reported, not_held
-- warning: not_comparable: along a series deaths of residents (final) and deaths that occurred in the place (provisional) follow each other: basis and counts_by say which a row is.
-- warning: aggregation_hazard: drug classes overlap (one death, several drugs): never add them up, nor jurisdictions, of which some are not shown.
CREATE TABLE marts.overdose_best AS
SELECT * FROM overdose_best_as_known(end_of_time())
ORDER BY actor_id, drug, year;
COMMENT ON TABLE marts.overdose_best IS 'Final where there is a final count, provisional after and where none is, with what it is on each row: the macro overdose_best_as_known at this moment.';
COMMENT ON COLUMN marts.overdose_best.actor_id IS 'The jurisdiction; USA the nation.';
COMMENT ON COLUMN marts.overdose_best.drug IS 'all, or the ICD-10 codes of the class.';
COMMENT ON COLUMN marts.overdose_best.year IS 'The calendar year: every one from the first of the class to the last of any, for the nation and for jurisdictions.';
COMMENT ON COLUMN marts.overdose_best.deaths IS 'The count; NULL with a missing_reason, never 0 for a suppressed one.';
COMMENT ON COLUMN marts.overdose_best.basis IS 'final: closed file; reported: provisional, as counted so far (finalised where is_provisional is false); predicted: provisional, adjusted by the source. NULL without a count.';
COMMENT ON COLUMN marts.overdose_best.measure IS 'deaths_year: a count of the year; deaths_month: twelve months added up; deaths_12m: the 12 months to December.';
COMMENT ON COLUMN marts.overdose_best.counts_by IS 'residence (final) or occurrence (VSRR).';
COMMENT ON COLUMN marts.overdose_best.is_provisional IS 'Whether the year was still open in that vintage.';
COMMENT ON COLUMN marts.overdose_best.missing_reason IS 'Why there is no count. never_reported: of this jurisdiction no count of the class is or was ever known; not_held: there are no data of the year; others as in core.overdose_observations.';
COMMENT ON COLUMN marts.overdose_best.source IS 'Source id.';
COMMENT ON COLUMN marts.overdose_best.known_from IS 'Since when the row is known, UTC.';
