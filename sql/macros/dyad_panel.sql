-- The panel of a pair of states by day, week, month, quarter or year, both directions, by current knowledge.
-- a, b: the two states, actor ids or as people write them ('US', 'China', '中国'); one that is not known is an error. grain: 'day', 'week' (Monday to Sunday), 'month', 'quarter' or 'year'.
-- Result: source_id, target_id, date, period_end, n_days, and the columns of marts.dyad_day summed over the period. NULL where no day of the
-- period has a value; a day without events has one, 0, only where its news is fully covered. Listings added and removed are 0 only
-- where all lists of the source are covered on all days. n_listings_in_force and n_listings_target_unknown (listings of the source of
-- no known state) are stocks: those of the last day that has one.
-- coverage_share is the mean over n_days, n_lists_covered the least of the days.
-- As in: dyad_periods
-- Example: FROM dyad_panel('USA', 'CHN', 'month');
CREATE OR REPLACE MACRO dyad_panel(a, b, grain) AS TABLE
WITH pair AS (
    SELECT coalesce(actor_named(a), a) AS one, coalesce(actor_named(b), b) AS other
),
spans_now AS (
    SELECT d.*
    FROM marts.dyad_spans AS d
    JOIN (SELECT unnest([p.one, p.other]) AS source_id, unnest([p.other, p.one]) AS target_id FROM pair AS p) AS s
        ON s.source_id = d.source_id AND s.target_id = d.target_id
)
SELECT p.* FROM dyad_periods('spans_now', grain) AS p
WHERE (SELECT is_known_pair(x.one, x.other) FROM pair AS x)
ORDER BY p.date, p.source_id;
COMMENT ON MACRO TABLE dyad_panel IS 'The panel of a pair of states by day, week, month, quarter or year, both directions, by current knowledge.';
