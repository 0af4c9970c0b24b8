-- What one state did to another on one day, and how many of its parties it had on its lists, by current knowledge.
-- grain: source_id, target_id, date
-- warning: reports_not_events: n_events counts one event a day per pair of parties and code over all origins, n_reports every report.
CREATE VIEW marts.dyad_day AS
SELECT d.source_id, d.target_id, d.date, d.* EXCLUDE (source_id, target_id, from_date, to_date, date)
REPLACE (greatest(d.date - d.lists_vintage_date, 0) AS lists_vintage_age_days)
FROM (
    SELECT s.*, s.from_date + CAST(unnest(range(s.to_date - s.from_date)) AS INTEGER) AS date
    FROM marts.dyad_spans AS s
) AS d;
COMMENT ON VIEW marts.dyad_day IS 'Directed dyads of states by day, by current knowledge (as known on a day: dyad_panel_as_known). A complete calendar: 0 is a quiet day, NULL one that may have been quiet or not, since the data do not cover it. Self-dyads are left out (marts.self_dyad_day), events without a known day too (marts.dyad_undated); Hong Kong, Macao and Taiwan are actors of their own, and so are the EU and the UN, with their bodies. Events of other organisations (NATO) are not counted: core.events holds them.';
COMMENT ON COLUMN marts.dyad_day.source_id IS 'The state that acted.';
COMMENT ON COLUMN marts.dyad_day.target_id IS 'The state to whom it was done.';
COMMENT ON COLUMN marts.dyad_day.date IS 'The day.';
COMMENT ON COLUMN marts.dyad_day.n_events IS 'Events of the day as marts.events_one_a_day and marts.event_counts count them (one a day per pair of parties and code), as far as known. Where there is none: 0 if all news slots of the day are available (coverage_share 1), else NULL: a missing slot is a gap, not a quiet day. The same holds of the counts below; compare days only with their coverage_share.';
COMMENT ON COLUMN marts.dyad_day.n_reports IS 'All reports of these events, by the origins: attention, not events.';
COMMENT ON COLUMN marts.dyad_day.n_verbal_cooperation IS 'Events of quad class 1 after Schrodt.';
COMMENT ON COLUMN marts.dyad_day.n_material_cooperation IS 'Events of quad class 2 after Schrodt.';
COMMENT ON COLUMN marts.dyad_day.n_verbal_conflict IS 'Events of quad class 3 after Schrodt (GDELT''s own quad has root 09 under 2).';
COMMENT ON COLUMN marts.dyad_day.n_material_conflict IS 'Events of quad class 4 after Schrodt (GDELT''s own quad has root 14 under 3).';
COMMENT ON COLUMN marts.dyad_day.n_goldstein IS 'Events that have a Goldstein value: the denominator of goldstein_mean. POLECAT has none.';
COMMENT ON COLUMN marts.dyad_day.goldstein_sum IS 'Sum of Goldstein values (-10 conflict to 10 cooperation, each event); 0 on a quiet day, NULL where n_events is or no event has a value.';
COMMENT ON COLUMN marts.dyad_day.goldstein_pos_sum IS 'Sum of the Goldstein values above 0; NULL where goldstein_sum is.';
COMMENT ON COLUMN marts.dyad_day.goldstein_neg_sum IS 'Sum of the Goldstein values below 0, a number of 0 or less; NULL where goldstein_sum is.';
COMMENT ON COLUMN marts.dyad_day.goldstein_mean IS 'Mean over events of Goldstein values, -10 to 10; NULL where no event has one.';
COMMENT ON COLUMN marts.dyad_day.conflict_share IS 'Share of verbal and material conflict in n_events, 0 to 1; NULL where there is no event.';
COMMENT ON COLUMN marts.dyad_day.material_conflict_share IS 'Share of material conflict in n_events, 0 to 1; NULL where there is no event.';
COMMENT ON COLUMN marts.dyad_day.n_listings_added IS 'Listings of parties of the target that the source put on a list that day, by every fact whose day is known, whatever lists are covered. A party of several states counts in each. A re-issued id is no addition. Exact, 0 included, where are_listings_exact; else a lower bound, and none is NULL, not 0.';
COMMENT ON COLUMN marts.dyad_day.n_listings_removed IS 'Listings of parties of the target taken off a list that day. Lower bound and NULL as in n_listings_added.';
COMMENT ON COLUMN marts.dyad_day.n_listings_in_force IS 'Listings of parties of the target on the lists of the source that day: from their stated or seen start until a vintage lacks them or an end is stated. After the last vintage of a list they are carried on (n_listings_not_contradicted). It changes by n_listings_added less n_listings_removed, and by what only came into view (n_listings_came_into_view) or left it. Exact where are_listings_exact, else 0 is NULL; between n_listings_certain and n_listings_possible. Suspended listings count, since they stand on the list: marts.list_changes tells them apart.';
COMMENT ON COLUMN marts.dyad_day.coverage_share IS 'Share of the day''s news slots that are available, 0 to 1 (the best covered source of events; 1 where the day is covered for these two states alone); NULL where there are no data, and where one side is an organisation but the EU and the UN.';
COMMENT ON COLUMN marts.dyad_day.n_agree IS 'Events of the PLOVER class AGREE.';
COMMENT ON COLUMN marts.dyad_day.n_consult IS 'Events of the PLOVER class CONSULT.';
COMMENT ON COLUMN marts.dyad_day.n_support IS 'Events of the PLOVER class SUPPORT.';
COMMENT ON COLUMN marts.dyad_day.n_concede IS 'Events of the PLOVER class CONCEDE.';
COMMENT ON COLUMN marts.dyad_day.n_cooperate IS 'Events of the PLOVER class COOPERATE.';
COMMENT ON COLUMN marts.dyad_day.n_aid IS 'Events of the PLOVER class AID.';
COMMENT ON COLUMN marts.dyad_day.n_retreat IS 'Events of the PLOVER class RETREAT.';
COMMENT ON COLUMN marts.dyad_day.n_request IS 'Events of the PLOVER class REQUEST.';
COMMENT ON COLUMN marts.dyad_day.n_accuse IS 'Events of the PLOVER class ACCUSE.';
COMMENT ON COLUMN marts.dyad_day.n_reject IS 'Events of the PLOVER class REJECT.';
COMMENT ON COLUMN marts.dyad_day.n_threaten IS 'Events of the PLOVER class THREATEN.';
COMMENT ON COLUMN marts.dyad_day.n_protest IS 'Events of the PLOVER class PROTEST.';
COMMENT ON COLUMN marts.dyad_day.n_sanction IS 'Events of the PLOVER class SANCTION.';
COMMENT ON COLUMN marts.dyad_day.n_mobilize IS 'Events of the PLOVER class MOBILIZE.';
COMMENT ON COLUMN marts.dyad_day.n_coerce IS 'Events of the PLOVER class COERCE.';
COMMENT ON COLUMN marts.dyad_day.n_assault IS 'Events of the PLOVER class ASSAULT.';
COMMENT ON COLUMN marts.dyad_day.n_no_plover IS 'Events without a PLOVER class: statements and appeals, CAMEO roots 01 and 02.';
COMMENT ON COLUMN marts.dyad_day.n_economic_sanctions IS 'Events of CAMEO 163 (impose embargo, boycott or sanctions) and 172 (impose administrative sanctions), whatever their PLOVER class: n_sanction is the class SANCTION, which holds legal action and expulsions too. POLECAT has no CAMEO codes and is not counted.';
COMMENT ON COLUMN marts.dyad_day.n_sanctions_eased IS 'Events of CAMEO 085 (ease economic sanctions, boycott or embargo).';
COMMENT ON COLUMN marts.dyad_day.n_listings_added_within_gap IS 'Of n_listings_added, those that came at an unknown day since the edition of the list before, which is too far back (core.list_coverage).';
COMMENT ON COLUMN marts.dyad_day.n_lists_held IS 'Lists of the source on which there are data and that can name parties of the target (core.sanction_lists.target_ids).';
COMMENT ON COLUMN marts.dyad_day.n_lists_covered IS 'Those of them that cover the day, additions and removals (core.list_coverage).';
COMMENT ON COLUMN marts.dyad_day.lists_vintage_date IS 'Day of the newest edition of that list of the source which has gone without one for longest; NULL where there are no data.';
COMMENT ON COLUMN marts.dyad_day.lists_vintage_age_days IS 'Days from lists_vintage_date to the day; 0 where it is later.';
COMMENT ON COLUMN marts.dyad_day.n_official_acts IS 'Official acts of the source directed at the target, by the day of the act (marts.official_act_dyads of basis party or stated). Where there is none: 0 if all lists of the source are covered that day and every other sort of its acts is completely towards the target (core.official_act_coverage), else NULL: what is here is a selection. A lower bound where it would not be 0.';
COMMENT ON COLUMN marts.dyad_day.n_listings_target_unknown IS 'Listings of the source in force that day for which no target state is known, whoever the target: they may add to n_listings_in_force of any dyad of the source. The same number in all its dyads, never add them up. Carried on and NULL as in n_listings_in_force.';
COMMENT ON COLUMN marts.dyad_day.lists_covered IS 'Lists of the source that cover the day, additions and removals (core.list_coverage); NULL where there are no data on any.';
COMMENT ON COLUMN marts.dyad_day.are_listings_exact IS 'Whether every list of the source that can name the target covers the day: then counts of listings are exact, 0 included, else lower bounds. NULL where there are no data.';
COMMENT ON COLUMN marts.dyad_day.n_listings_came_into_view IS 'Of the change of n_listings_in_force since the day before, what no dated addition explains: it came into view with the first vintage of its list, or its day is not that of its addition.';
COMMENT ON COLUMN marts.dyad_day.n_listings_left_view IS 'The same of what no dated removal explains: it left view.';
COMMENT ON COLUMN marts.dyad_day.n_listings_comparable IS 'n_listings_in_force as it would be had nothing only come into view or left it: on the last day of the calendar the same, on each day before less what was added since and with what was removed. It changes by dated facts alone: what days are compared by. NULL as n_listings_in_force.';
COMMENT ON COLUMN marts.dyad_day.n_listings_certain IS 'Listings certain to be in force that day (marts.listing_dyads.certain_from and certain_to): none of a list after its last vintage. NULL as n_listings_in_force.';
COMMENT ON COLUMN marts.dyad_day.n_listings_possible IS 'Listings that may be in force that day: from the earliest possible start, and before its first vintage whatever has no start. NULL as n_listings_in_force.';
COMMENT ON COLUMN marts.dyad_day.n_listings_not_contradicted IS 'Of n_listings_in_force, those whose list has no vintage of that day or later: nothing contradicts them (lists_vintage_date says how old the oldest list is). NULL as n_listings_in_force.';
COMMENT ON COLUMN marts.dyad_day.n_listings_without_vessels IS 'Of n_listings_in_force, those of persons and entities: without ships and aircraft.';
COMMENT ON COLUMN marts.dyad_day.n_parties_in_force IS 'Parties with a listing in force that day: one that stands on two lists, or twice on one, counts once. NULL as n_listings_in_force.';
COMMENT ON COLUMN marts.dyad_day.n_listings_by_link IS 'Listings of ships and aircraft in force that day whose state is only that of their operator, to whom the list links them (marts.listing_dyads.is_by_link): beside n_listings_in_force, which counts the states that lists state or that papers show. NULL as n_listings_in_force.';
