-- The additional duty of one state on goods of another on a day, in percent of their value: its span of marts.duty_spans.
-- source, target: actor ids. on_day: DATE.
-- Result: one row; of NULL where not all measures of that day are held: no rate is known, which is not 0. Ordinary duties of the line come on top.
-- As in: marts.duty_spans
-- Example: FROM duty_rate('USA', 'CHN', DATE '2025-04-20');
CREATE OR REPLACE MACRO duty_rate(source, target, on_day) AS TABLE
SELECT
    any_value(d.rate_low) AS rate_low,
    any_value(d.rate_high) AS rate_high,
    any_value(d.n_measures) AS n_measures,
    any_value(d.measures) AS measures
FROM marts.duty_spans AS d
WHERE d.source_id = source AND d.target_id = target AND d.from_date <= on_day AND on_day < d.to_date;
COMMENT ON MACRO TABLE duty_rate IS 'The additional duty of one state on goods of another on a day, in percent of their value: its span of marts.duty_spans.';
