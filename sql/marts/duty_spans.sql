-- The additional duty of one state on goods of another as spans of days that are alike, in percent of their value.
-- grain: source_id, target_id, from_date
CREATE TABLE marts.duty_spans AS
WITH days AS (
    SELECT c.source_id, c.target_id, c.covered_from AS from_date, c.covered_from, c.covered_until FROM core.tariff_coverage AS c
    UNION
    SELECT c.source_id, c.target_id, unnest([m.valid_from, m.valid_to]), c.covered_from, c.covered_until
    FROM core.tariff_coverage AS c
    JOIN core.tariff_measures AS m
        ON m.source_id = c.source_id AND (m.target_id = c.target_id OR m.target_id IS NULL)
        AND NOT coalesce(list_contains(string_split(m.except_ids, ';'), c.target_id), false)
),
spans AS (
    SELECT
        d.source_id,
        d.target_id,
        d.from_date,
        coalesce(lead(d.from_date) OVER (PARTITION BY d.source_id, d.target_id ORDER BY d.from_date), d.covered_until + 1) AS to_date
    FROM days AS d
    -- what began before the first covered day is in force on it
    WHERE d.from_date <= d.covered_until AND d.from_date >= d.covered_from
),
held AS (
    SELECT s.source_id, s.target_id, s.from_date, m.* EXCLUDE (source_id, target_id)
    FROM spans AS s
    JOIN core.tariff_measures AS m
        ON m.source_id = s.source_id AND (m.target_id = s.target_id OR m.target_id IS NULL)
        AND NOT coalesce(list_contains(string_split(m.except_ids, ';'), s.target_id), false)
        AND m.valid_from <= s.from_date AND (m.valid_to IS NULL OR s.from_date < m.valid_to)
),
stacked AS (
    SELECT h.source_id, h.target_id, h.from_date, h.instrument, max(h.rate_high) AS rate
    FROM held AS h
    WHERE h.not_with IS NULL
    GROUP BY ALL
),
kinds AS (
    -- what a good may be: of no list that rules something else out, or of one that does
    SELECT s.source_id, s.target_id, s.from_date, '' AS not_with, 0.0 AS rate FROM spans AS s
    UNION ALL
    SELECT h.source_id, h.target_id, h.from_date, h.not_with, max(h.rate_high) FROM held AS h WHERE h.not_with IS NOT NULL GROUP BY ALL
),
bounds AS (
    SELECT b.source_id, b.target_id, b.from_date, max(b.rate) AS rate
    FROM (
        SELECT k.source_id, k.target_id, k.from_date, k.rate + coalesce(sum(s.rate), 0) AS rate
        FROM kinds AS k
        LEFT JOIN stacked AS s
            ON s.source_id = k.source_id AND s.target_id = k.target_id AND s.from_date = k.from_date
            AND NOT list_contains(string_split(k.not_with, ';'), s.instrument)
        GROUP BY k.source_id, k.target_id, k.from_date, k.not_with, k.rate
    ) AS b
    GROUP BY b.source_id, b.target_id, b.from_date
)
SELECT
    s.source_id,
    s.target_id,
    s.from_date,
    s.to_date,
    coalesce(sum(h.rate_low) FILTER (h.applies_to = 'all'), 0) AS rate_low,
    b.rate AS rate_high,
    count(h.measure_id) AS n_measures,
    list(h.measure_id ORDER BY h.valid_from, h.measure_id) FILTER (h.measure_id IS NOT NULL) AS measures
FROM spans AS s
JOIN bounds AS b ON b.source_id = s.source_id AND b.target_id = s.target_id AND b.from_date = s.from_date
LEFT JOIN held AS h ON h.source_id = s.source_id AND h.target_id = s.target_id AND h.from_date = s.from_date
GROUP BY s.source_id, s.target_id, s.from_date, s.to_date, b.rate
ORDER BY s.source_id, s.target_id, s.from_date;
COMMENT ON TABLE marts.duty_spans IS 'Additional duties by pair of states as spans of days that are alike, for the days for which all measures are known (core.tariff_coverage). Ordinary duties of the line come on top. Join a day of your own by from_date <= day AND day < to_date; outside of the spans the rate is unknown, not 0.';
COMMENT ON COLUMN marts.duty_spans.source_id IS 'The state that takes the duty.';
COMMENT ON COLUMN marts.duty_spans.target_id IS 'The state whose goods bear it.';
COMMENT ON COLUMN marts.duty_spans.from_date IS 'First day of the span.';
COMMENT ON COLUMN marts.duty_spans.to_date IS 'The day after its last.';
COMMENT ON COLUMN marts.duty_spans.rate_low IS 'Percent that every good bears which is on no list and not excepted: the measures on all goods added up.';
COMMENT ON COLUMN marts.duty_spans.rate_high IS 'Upper bound of what a good bears: these and the highest rate of the lists of each instrument, as if one good stood on all; goods under section 232 without what they are free of.';
COMMENT ON COLUMN marts.duty_spans.n_measures IS 'Measures in force.';
COMMENT ON COLUMN marts.duty_spans.measures IS 'Their ids (core.tariff_measures), in order of their day.';
