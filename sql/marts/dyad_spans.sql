-- What one state did to another, and how many of its parties it had on its lists, as spans of days that are alike: the rows of marts.dyad_day.
-- grain: source_id, target_id, from_date
-- calendar: source_id, target_id by span
-- columns like: dyad_day, but not: date
-- The few spans are sorted before they become wide, and the joins keep that order: a sort of rows this wide outgrows the memory of a
-- build. They are the side that streams, whatever the planner guesses.
SET disabled_optimizers = 'build_side_probe_side';
CREATE TABLE marts.dyad_spans AS
WITH events_now AS NOT MATERIALIZED (
    SELECT * FROM marts.events_one_a_day
),
counts_now AS NOT MATERIALIZED (
    SELECT * FROM marts.event_counts
),
listings_now AS (
    SELECT * FROM marts.listing_dyads
),
acts_now AS (
    SELECT * FROM marts.official_act_dyads
)
SELECT * FROM dyad_spans('events_now', 'counts_now', 'listings_now', 'acts_now', NULL, NULL, end_of_time());
RESET disabled_optimizers;
COMMENT ON TABLE marts.dyad_spans IS 'Directed dyads of states as spans of days that are alike, by current knowledge: marts.dyad_day has a row for each of their days. The spans of a dyad follow each other without a gap.';
COMMENT ON COLUMN marts.dyad_spans.from_date IS 'First day of the span.';
COMMENT ON COLUMN marts.dyad_spans.to_date IS 'The day after its last.';
COMMENT ON COLUMN marts.dyad_spans.lists_vintage_age_days IS 'Days from lists_vintage_date to the first day of the span; 0 where it is later.';
