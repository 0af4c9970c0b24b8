-- The additional duty of one state on goods of another on a day, in percent of their value: its span of marts.duty_spans.
-- source, target: the two states, actor ids or as people write them ('US', 'China'); one that is not known is an error. on_day: DATE.
-- Result: one row; of NULL where not all measures of that day are known: no rate is known, which is not 0. Ordinary duties of the line come on top.
-- As in: marts.duty_spans
-- Example: FROM duty_rate('USA', 'CHN', DATE '2025-04-20');
CREATE OR REPLACE MACRO duty_rate(source, target, on_day) AS TABLE
WITH asked AS (
    SELECT coalesce(actor_named(source), source) AS source_id, coalesce(actor_named(target), target) AS target_id
)
SELECT
    any_value(d.rate_low) AS rate_low,
    any_value(d.rate_high) AS rate_high,
    any_value(d.n_measures) AS n_measures,
    any_value(d.measures) AS measures
FROM asked AS a
LEFT JOIN marts.duty_spans AS d ON d.source_id = a.source_id AND d.target_id = a.target_id AND d.from_date <= on_day AND on_day < d.to_date
WHERE is_known_pair(a.source_id, a.target_id);
COMMENT ON MACRO TABLE duty_rate IS 'The additional duty of one state on goods of another on a day, in percent of their value: its span of marts.duty_spans.';
