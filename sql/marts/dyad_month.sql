-- What one state did to another in one calendar month: the sum of the days in marts.dyad_day.
-- grain: source_id, target_id, period_end
-- calendar: source_id, target_id by month of period_end
CREATE TABLE marts.dyad_month AS
WITH spans_now AS (
    SELECT * FROM marts.dyad_spans
)
SELECT * EXCLUDE (date) FROM dyad_periods('spans_now', 'month')
ORDER BY source_id, target_id, period_end;
COMMENT ON TABLE marts.dyad_month IS 'Directed dyads of states by calendar month: sums of marts.dyad_day. NULL where no day of the month has a value; the first and the last month of a calendar may be partial (n_days).';
COMMENT ON COLUMN marts.dyad_month.source_id IS 'The state that acted.';
COMMENT ON COLUMN marts.dyad_month.target_id IS 'The state to whom it was done.';
COMMENT ON COLUMN marts.dyad_month.period_end IS 'Last day of the month.';
COMMENT ON COLUMN marts.dyad_month.n_days IS 'Days of the month that lie in the calendar of the dyad.';
COMMENT ON COLUMN marts.dyad_month.n_events IS 'Events over the days that have a value: days with events, and quiet ones that are fully covered. 0 may leave days of gaps out: compare months only with their coverage_share.';
COMMENT ON COLUMN marts.dyad_month.n_reports IS 'All reports of these events, by the origins: attention, not events.';
COMMENT ON COLUMN marts.dyad_month.n_verbal_cooperation IS 'Events of quad class 1 after Schrodt.';
COMMENT ON COLUMN marts.dyad_month.n_material_cooperation IS 'Events of quad class 2 after Schrodt.';
COMMENT ON COLUMN marts.dyad_month.n_verbal_conflict IS 'Events of quad class 3 after Schrodt (GDELT''s own quad has root 09 under 2).';
COMMENT ON COLUMN marts.dyad_month.n_material_conflict IS 'Events of quad class 4 after Schrodt (GDELT''s own quad has root 14 under 3).';
COMMENT ON COLUMN marts.dyad_month.n_goldstein IS 'Events that have a Goldstein value: the denominator of goldstein_mean. POLECAT has none.';
COMMENT ON COLUMN marts.dyad_month.goldstein_sum IS 'Sum of Goldstein values.';
COMMENT ON COLUMN marts.dyad_month.goldstein_pos_sum IS 'Sum of the Goldstein values above 0; NULL where goldstein_sum is.';
COMMENT ON COLUMN marts.dyad_month.goldstein_neg_sum IS 'Sum of the Goldstein values below 0, a number of 0 or less; NULL where goldstein_sum is.';
COMMENT ON COLUMN marts.dyad_month.goldstein_mean IS 'Mean over events of Goldstein values, -10 to 10; NULL where no event has one.';
COMMENT ON COLUMN marts.dyad_month.conflict_share IS 'Share of verbal and material conflict in n_events, 0 to 1; NULL where there is no event.';
COMMENT ON COLUMN marts.dyad_month.material_conflict_share IS 'Share of material conflict in n_events, 0 to 1; NULL where there is no event.';
COMMENT ON COLUMN marts.dyad_month.n_listings_added IS 'Listings of parties of the target put on a list by the source in the period, by every fact whose day is known; exact where are_listings_exact, else a lower bound, and none is NULL, not 0.';
COMMENT ON COLUMN marts.dyad_month.n_listings_removed IS 'Listings of parties of the target taken off a list in the period; lower bound and NULL as in n_listings_added.';
COMMENT ON COLUMN marts.dyad_month.n_listings_in_force IS 'Listings in force on the last day of the month that has a value in marts.dyad_day, as there: a stock, never add months up.';
COMMENT ON COLUMN marts.dyad_month.coverage_share IS 'Mean over the n_days days of the share of news slots available, 0 to 1; a day without any counts as 0; NULL where there are no data.';
COMMENT ON COLUMN marts.dyad_month.n_agree IS 'Events of the PLOVER class AGREE.';
COMMENT ON COLUMN marts.dyad_month.n_consult IS 'Events of the PLOVER class CONSULT.';
COMMENT ON COLUMN marts.dyad_month.n_support IS 'Events of the PLOVER class SUPPORT.';
COMMENT ON COLUMN marts.dyad_month.n_concede IS 'Events of the PLOVER class CONCEDE.';
COMMENT ON COLUMN marts.dyad_month.n_cooperate IS 'Events of the PLOVER class COOPERATE.';
COMMENT ON COLUMN marts.dyad_month.n_aid IS 'Events of the PLOVER class AID.';
COMMENT ON COLUMN marts.dyad_month.n_retreat IS 'Events of the PLOVER class RETREAT.';
COMMENT ON COLUMN marts.dyad_month.n_request IS 'Events of the PLOVER class REQUEST.';
COMMENT ON COLUMN marts.dyad_month.n_accuse IS 'Events of the PLOVER class ACCUSE.';
COMMENT ON COLUMN marts.dyad_month.n_reject IS 'Events of the PLOVER class REJECT.';
COMMENT ON COLUMN marts.dyad_month.n_threaten IS 'Events of the PLOVER class THREATEN.';
COMMENT ON COLUMN marts.dyad_month.n_protest IS 'Events of the PLOVER class PROTEST.';
COMMENT ON COLUMN marts.dyad_month.n_sanction IS 'Events of the PLOVER class SANCTION.';
COMMENT ON COLUMN marts.dyad_month.n_mobilize IS 'Events of the PLOVER class MOBILIZE.';
COMMENT ON COLUMN marts.dyad_month.n_coerce IS 'Events of the PLOVER class COERCE.';
COMMENT ON COLUMN marts.dyad_month.n_assault IS 'Events of the PLOVER class ASSAULT.';
COMMENT ON COLUMN marts.dyad_month.n_no_plover IS 'Events without a PLOVER class: statements and appeals, CAMEO roots 01 and 02.';
COMMENT ON COLUMN marts.dyad_month.n_economic_sanctions IS 'Events of CAMEO 163 and 172 in the period, as in marts.dyad_day.';
COMMENT ON COLUMN marts.dyad_month.n_sanctions_eased IS 'Events of CAMEO 085 in the period.';
COMMENT ON COLUMN marts.dyad_month.n_listings_added_within_gap IS 'Of n_listings_added, those of an unknown day since an edition too far back.';
COMMENT ON COLUMN marts.dyad_month.n_lists_held IS 'Lists of the source on which there are data and that can name parties of the target (core.sanction_lists.target_ids).';
COMMENT ON COLUMN marts.dyad_month.n_lists_covered IS 'The least number of them that was covered on a day of the month.';
COMMENT ON COLUMN marts.dyad_month.lists_vintage_date IS 'Day of the newest edition of that list of the source which has gone without one for longest; NULL where there are no data.';
COMMENT ON COLUMN marts.dyad_month.lists_vintage_age_days IS 'Days from lists_vintage_date to the last day of the period in the calendar; 0 where it is later.';
COMMENT ON COLUMN marts.dyad_month.n_official_acts IS 'Official acts of the source directed at the target in the period, as in marts.dyad_day; NULL, not 0, where there is none and on one of the days there may have been one.';
COMMENT ON COLUMN marts.dyad_month.n_listings_target_unknown IS 'Listings of the source without a known target state that are certain to be in force on the last day that has a value, as n_listings_in_force: a stock, the same in all dyads of the source.';
COMMENT ON COLUMN marts.dyad_month.lists_covered IS 'Lists of the source that cover all days of the month.';
COMMENT ON COLUMN marts.dyad_month.are_listings_exact IS 'Whether every list of the source that can name the target covers all days of the month: then counts of listings are exact.';
COMMENT ON COLUMN marts.dyad_month.n_listings_came_into_view IS 'Listings that only came into view in the month (marts.dyad_day).';
COMMENT ON COLUMN marts.dyad_month.n_listings_left_view IS 'Listings that only left view in the month.';
COMMENT ON COLUMN marts.dyad_month.n_listings_comparable IS 'n_listings_in_force on that day as it would be had nothing only come into view or left it: what months are compared by. A stock.';
COMMENT ON COLUMN marts.dyad_month.n_listings_certain IS 'Listings certain to be in force on the last day of the month that has a value: a stock.';
COMMENT ON COLUMN marts.dyad_month.n_listings_possible IS 'Listings that may be in force on the last day of the month that has a value: a stock.';
COMMENT ON COLUMN marts.dyad_month.n_listings_not_contradicted IS 'Of n_listings_in_force, those whose list has no vintage of that day or later.';
COMMENT ON COLUMN marts.dyad_month.n_listings_without_vessels IS 'Of n_listings_in_force, those of persons and entities.';
COMMENT ON COLUMN marts.dyad_month.n_parties_in_force IS 'Parties with a listing in force on the last day of the month that has a value: a stock.';
COMMENT ON COLUMN marts.dyad_month.n_listings_by_link IS 'Listings of ships and aircraft in force on the last day of the month that has a value whose state is only that of their operator, to whom the list links them (marts.listing_dyads.is_by_link): beside n_listings_in_force, which counts the states that lists state or that papers show. NULL as n_listings_in_force.';
