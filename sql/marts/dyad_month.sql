-- What one state did to another in one calendar month: the sum of the days in marts.dyad_day.
-- grain: source_id, target_id, period_end
CREATE TABLE marts.dyad_month AS
SELECT
    source_id,
    target_id,
    last_day(date) AS period_end,
    count(*) AS n_days,
    CAST(sum(n_events) AS BIGINT) AS n_events,
    CAST(sum(n_reports) AS BIGINT) AS n_reports,
    CAST(sum(n_verbal_cooperation) AS BIGINT) AS n_verbal_cooperation,
    CAST(sum(n_material_cooperation) AS BIGINT) AS n_material_cooperation,
    CAST(sum(n_verbal_conflict) AS BIGINT) AS n_verbal_conflict,
    CAST(sum(n_material_conflict) AS BIGINT) AS n_material_conflict,
    CAST(sum(n_goldstein) AS BIGINT) AS n_goldstein,
    CAST(sum(CAST(goldstein_sum AS DECIMAL(18, 4))) AS DOUBLE) AS goldstein_sum,
    CAST(sum(CAST(goldstein_sum AS DECIMAL(18, 4))) AS DOUBLE) / nullif(CAST(sum(n_goldstein) AS BIGINT), 0) AS goldstein_mean,
    CAST(sum(n_listings_added) AS BIGINT) AS n_listings_added,
    CAST(sum(n_listings_removed) AS BIGINT) AS n_listings_removed,
    arg_max(n_listings_in_force, date) AS n_listings_in_force,
    CAST(sum(CAST(coverage_share AS DECIMAL(18, 9))) AS DOUBLE) / count(*) AS coverage_share
FROM marts.dyad_day
GROUP BY ALL
ORDER BY source_id, target_id, period_end;
COMMENT ON TABLE marts.dyad_month IS 'Directed dyads of states by calendar month: sums of marts.dyad_day. NULL where no day of the month has a value; the first and the last month of a calendar may be partial (n_days).';
COMMENT ON COLUMN marts.dyad_month.source_id IS 'The state that acted.';
COMMENT ON COLUMN marts.dyad_month.target_id IS 'The state to whom it was done.';
COMMENT ON COLUMN marts.dyad_month.period_end IS 'Last day of the month.';
COMMENT ON COLUMN marts.dyad_month.n_days IS 'Days of the month that lie in the calendar of the dyad.';
COMMENT ON COLUMN marts.dyad_month.n_events IS 'Events over the days that have a value: days with events, and quiet ones that are fully covered. 0 may leave days of gaps out: compare months only with their coverage_share.';
COMMENT ON COLUMN marts.dyad_month.n_reports IS 'Articles that report these events, by the origin.';
COMMENT ON COLUMN marts.dyad_month.n_verbal_cooperation IS 'Events of quad class 1 after Schrodt.';
COMMENT ON COLUMN marts.dyad_month.n_material_cooperation IS 'Events of quad class 2 after Schrodt.';
COMMENT ON COLUMN marts.dyad_month.n_verbal_conflict IS 'Events of quad class 3 after Schrodt.';
COMMENT ON COLUMN marts.dyad_month.n_material_conflict IS 'Events of quad class 4 after Schrodt.';
COMMENT ON COLUMN marts.dyad_month.n_goldstein IS 'Events that have a Goldstein value: the denominator of goldstein_mean.';
COMMENT ON COLUMN marts.dyad_month.goldstein_sum IS 'Sum of Goldstein values.';
COMMENT ON COLUMN marts.dyad_month.goldstein_mean IS 'Mean over events of Goldstein values, -10 to 10; NULL where there is no event.';
COMMENT ON COLUMN marts.dyad_month.n_listings_added IS 'Parties of the target put on a list by the source in the month.';
COMMENT ON COLUMN marts.dyad_month.n_listings_removed IS 'Parties of the target taken off a list in the month.';
COMMENT ON COLUMN marts.dyad_month.n_listings_in_force IS 'Listings in force on the last day of the month that the lists held cover. A stock: never add months up.';
COMMENT ON COLUMN marts.dyad_month.coverage_share IS 'Mean over the n_days days of the share of news slots held, 0 to 1; a day of which none is held counts as 0; NULL where no day is held.';
