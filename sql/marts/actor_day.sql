-- One actor on one day: its part in events, the listings that bind it, and the overdose and seizure figures known that morning.
-- grain: actor_id, date
-- warning: aggregation_hazard deaths_12m_known: never add up days or periods.
-- warning: early_release deaths_12m_known_basis: reported counts of the newest months are too low.
-- warning: aggregation_hazard seizures: it is a figure of a month: never add up days.
CREATE VIEW marts.actor_day AS
SELECT d.actor_id, d.date, d.* EXCLUDE (actor_id, from_date, to_date, date)
REPLACE (d.date - d.deaths_12m_known_vintage_date AS deaths_12m_known_vintage_age_days)
FROM (
    SELECT s.*, s.from_date + CAST(unnest(range(s.to_date - s.from_date)) AS INTEGER) AS date
    FROM marts.actor_spans AS s
) AS d;
COMMENT ON VIEW marts.actor_day IS 'Actors by day: states that act in events or are named by a list, authorities'' states, and jurisdictions with overdose or seizure figures. A complete calendar for each actor: 0 is a quiet day, NULL a day or an actor that the data do not cover. Listings and events by current knowledge; the overdose and seizure figures as known at 00:00 UTC of the day: no look-ahead.';
COMMENT ON COLUMN marts.actor_day.actor_id IS 'The actor.';
COMMENT ON COLUMN marts.actor_day.date IS 'The day.';
COMMENT ON COLUMN marts.actor_day.n_events_as_source IS 'Events of the day (one a day per pair of parties and code: marts.events_one_a_day) in which the state acted, whoever the target (itself and unknown ones too), as far as known. Where there is none: 0 if all news slots of the day are available (coverage_share 1), else NULL. NULL for subdivisions, and for organisations but the EU and the UN, whose events are not counted.';
COMMENT ON COLUMN marts.actor_day.n_events_as_target IS 'Events of the day done to the state, whoever acted; 0 and NULL as in n_events_as_source.';
COMMENT ON COLUMN marts.actor_day.n_listings_in_force_against IS 'Listings of parties of the state certain to be in force that day, on all lists here: their number where all lists are covered (n_lists_covered_of_all), a lower bound where some are, and then NULL, not 0, where there is none. NULL where no list is covered.';
COMMENT ON COLUMN marts.actor_day.n_listings_in_force_by IS 'Listings in force that day on the lists of the state''s own authorities, of parties of any state or none: lower bound and NULL by n_lists_covered, as in n_listings_in_force_against.';
COMMENT ON COLUMN marts.actor_day.deaths_12m_known IS 'Drug overdose deaths over the 12 months to deaths_12m_known_period_end, the newest figure known at 00:00 UTC of the day: predicted where there is one, else reported. NULL where its vintage was older than the source allows (meta.sources.max_age_days): see deaths_12m_known_missing_reason.';
COMMENT ON COLUMN marts.actor_day.deaths_12m_known_period_end IS 'Last day of the 12 months of the newest figure known that morning, also where it is too old to be given.';
COMMENT ON COLUMN marts.actor_day.deaths_12m_known_basis IS 'predicted or reported: of that figure.';
COMMENT ON COLUMN marts.actor_day.seizures IS 'Number of drug seizures by the state''s authority in the month that ends with seizures_period_end, the newest month known at 00:00 UTC of the day.';
COMMENT ON COLUMN marts.actor_day.seizures_period_end IS 'Last day of the month that seizures covers.';
COMMENT ON COLUMN marts.actor_day.coverage_share IS 'Share of the day''s news slots that are available, 0 to 1 (the best covered source); NULL where there are no data.';
COMMENT ON COLUMN marts.actor_day.deaths_12m_known_vintage_date IS 'Day (UTC) of the newest vintage of the counts known on that morning.';
COMMENT ON COLUMN marts.actor_day.deaths_12m_known_vintage_age_days IS 'Days from that vintage to the day.';
COMMENT ON COLUMN marts.actor_day.deaths_12m_known_missing_reason IS 'Why deaths_12m_known is NULL though a vintage was known: too_old (beyond meta.sources.max_age_days) or withdrawn.';
COMMENT ON COLUMN marts.actor_day.n_lists_held IS 'Lists of the state''s own authorities on which there are data; NULL where there are data on none.';
COMMENT ON COLUMN marts.actor_day.n_lists_covered IS 'Those of them that cover the day, additions and removals (core.list_coverage).';
COMMENT ON COLUMN marts.actor_day.n_lists_held_of_all IS 'Lists of all authorities on which there are data.';
COMMENT ON COLUMN marts.actor_day.n_lists_covered_of_all IS 'Those of them that cover the day.';
