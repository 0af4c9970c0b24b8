-- The average course of a measure around a set of dates, beside what dates drawn by chance from the same calendar show.
-- series: name of a table (also of a WITH) with the columns date and value: a row for each day, week or month, value NULL where it is not
-- known; several rows of one period are an error. grain: 'day', 'week' (Monday to Sunday) or 'month'. dates: DATE[], the dates; each stands
-- for the period that holds it. n_before, n_after: periods before and after. n_draws: how often placebo dates are drawn. seed: any number
-- or text; the same one draws the same dates.
-- Method: in each draw every date of whose window anything is known gets a placebo in its place: any period with a value, of days one of
-- the same weekday. The dates themselves may be drawn, as in a test by permutation: else what is rare and lies near them could never be
-- seen by chance. Whoever wants the course as known at a moment hands in a series as known then.
-- warning: estimated_values: a mean outside the band of placebo means says that these dates are unusual, not that they were the cause; overlapping windows count the same periods twice.
-- Result: one row for each period from n_before before the date to n_after after it.
-- Column period_from_date: Periods from that of the date: 0 its own, below 0 before it.
-- Column n_dates: Requested dates, each once.
-- Column n_overlapping: Those of them whose window shares a period with that of another.
-- Column n_known: Dates of which the value of this period is known: what mean and spread are of.
-- Column n_not_known: Dates of which the series has this period and no value: a gap, never 0.
-- Column n_outside: Dates of which the series does not hold this period.
-- Column mean_value: Mean of the known values, in the unit of the series; NULL where none is known.
-- Column sd_value: Their standard deviation (n - 1); NULL of fewer than two.
-- Column placebo_mean: Mean of the means of the draws; NULL where none has a value.
-- Column placebo_p05: The fifth percentile of the means of the draws.
-- Column placebo_p95: The 95th percentile of the means of the draws.
-- Column n_placebos: Draws with a value in this period.
-- Column n_candidates: Periods that the placebo of a date was drawn from; of the date that has the fewest. With few, the band says little.
-- Example: WITH tone AS (SELECT p.date, p.goldstein_mean AS value FROM dyad_panel('USA', 'CHN', 'day') AS p WHERE p.source_id = 'USA')
--          FROM event_study('tone', 'day', [DATE '2022-11-14', DATE '2023-11-15'], 3, 3, 200, 1);
CREATE OR REPLACE MACRO event_study(series, grain, dates, n_before, n_after, n_draws, seed) AS TABLE
WITH calendar AS (
    SELECT
        p.place,
        CASE
            WHEN count(*) = 1 THEN any_value(p.amount)
            ELSE error('event_study: the series has several rows of one ' || grain || ': sum or filter them first')
        END AS amount
    FROM (
        -- Monday, 5 January 1970, begins a week
        SELECT date_diff(grain, DATE '1970-01-05', CAST(s.date AS DATE)) AS place, CAST(s.value AS DOUBLE) AS amount
        FROM query_table(series) AS s
        WHERE s.date IS NOT NULL
    ) AS p
    GROUP BY p.place
),
events AS (
    SELECT row_number() OVER (ORDER BY e.day) AS number, date_diff(grain, DATE '1970-01-05', e.day) AS place
    FROM (SELECT DISTINCT CAST(unnest(dates) AS DATE) AS day) AS e
    WHERE e.day IS NOT NULL
),
steps AS (
    SELECT unnest(range(-n_before, n_after + 1)) AS step
),
windows AS (
    SELECT e.number, t.step, c.amount, c.place IS NOT NULL AS is_held
    FROM events AS e
    CROSS JOIN steps AS t
    LEFT JOIN calendar AS c ON c.place = e.place + t.step
),
overlapping AS (
    SELECT count(*) FILTER (
        EXISTS (FROM events AS o WHERE o.number <> e.number AND abs(o.place - e.place) <= n_before + n_after)
    ) AS n
    FROM events AS e
),
candidates AS (
    SELECT
        e.number,
        c.place,
        row_number() OVER (PARTITION BY e.number ORDER BY c.place) - 1 AS rank,
        count(*) OVER (PARTITION BY e.number) AS n
    FROM events AS e
    JOIN calendar AS c ON c.amount IS NOT NULL AND (grain <> 'day' OR (c.place - e.place) % 7 = 0)
    WHERE e.number IN (SELECT w.number FROM windows AS w WHERE w.amount IS NOT NULL)
),
draws AS (
    -- a digest in place of random(): the same seed draws the same dates on every machine
    SELECT
        d.draw,
        e.number,
        CAST('0x' || substr(md5(concat_ws(':', CAST(seed AS VARCHAR), d.draw, e.number)), 1, 8) AS BIGINT) AS digest
    FROM (SELECT unnest(range(n_draws)) AS draw) AS d
    CROSS JOIN events AS e
),
chance AS (
    SELECT m.step, avg(m.mean) AS mean, quantile_cont(m.mean, [0.05, 0.95]) AS band, count(m.mean) AS n
    FROM (
        SELECT d.draw, t.step, avg(c.amount) AS mean
        FROM draws AS d
        JOIN candidates AS k ON k.number = d.number AND k.rank = d.digest % k.n
        CROSS JOIN steps AS t
        LEFT JOIN calendar AS c ON c.place = k.place + t.step
        GROUP BY d.draw, t.step
    ) AS m
    GROUP BY m.step
),
courses AS (
    SELECT
        w.step,
        count(*) AS n_dates,
        count(w.amount) AS n_known,
        count(*) FILTER (w.is_held AND w.amount IS NULL) AS n_not_known,
        count(*) FILTER (NOT w.is_held) AS n_outside,
        avg(w.amount) AS mean_value,
        stddev_samp(w.amount) AS sd_value
    FROM windows AS w
    GROUP BY w.step
)
SELECT
    CAST(r.step AS INTEGER) AS period_from_date,
    r.n_dates,
    (SELECT o.n FROM overlapping AS o) AS n_overlapping,
    r.n_known,
    r.n_not_known,
    r.n_outside,
    r.mean_value,
    r.sd_value,
    h.mean AS placebo_mean,
    h.band[1] AS placebo_p05,
    h.band[2] AS placebo_p95,
    coalesce(h.n, 0) AS n_placebos,
    coalesce((SELECT min(k.n) FROM candidates AS k), 0) AS n_candidates
FROM courses AS r
LEFT JOIN chance AS h ON h.step = r.step
ORDER BY period_from_date;
COMMENT ON MACRO TABLE event_study IS 'The average course of a measure around a set of dates, beside what dates drawn by chance from the same calendar show.';
