-- Deaths of single months, out of sums over twelve months, as a reader could have worked them out at a moment.
-- known: the moment, UTC; a DATE is its first instant.
-- Method: M(t) = M(t - 12 months) + S(t) - S(t - 1 month), S the sum over the 12 months to t. All S of a series are of one vintage,
-- the newest that was known and holds the series without gaps. The first year is that before the series, by final counts of
-- CDC WONDER; S of the month before the series is its sum.
-- Without a first year, or where a month of it is suppressed, deaths is NULL and only the change on the year before is known.
-- warning: estimated_values: an error of the first year comes back in the same month of every year. WONDER counts residents, the sums count deaths that occurred.
-- warning: early_release: reported counts of the newest six months are too low (is_recent).
-- Result: one row per series and month.
-- As in: marts.overdose_monthly, overdose_as_known
-- Example: SELECT period_end, deaths FROM overdose_monthly_as_known(DATE '2024-05-01') WHERE actor_id = 'USA' AND drug = 'T40.4';
CREATE OR REPLACE MACRO overdose_monthly_as_known(known) AS TABLE
WITH vintages AS (
    SELECT v.*
    FROM core.overdose_vintages AS v
    WHERE v.known_from <= CAST(known AS TIMESTAMP)
        AND v.measure = 'deaths_12m'
        AND v.n_periods = date_diff('month', v.first_period_end, v.last_period_end) + 1
    QUALIFY row_number() OVER (
        PARTITION BY v.actor_id, v.drug, v.basis, v.counts_by ORDER BY v.last_period_end DESC, v.known_from DESC, v.source
    ) = 1
),
sums AS (
    SELECT
        v.actor_id, v.drug, v.basis, v.counts_by, v.first_period_end, v.last_period_end,
        v.known_from AS vintage_known_from, v.snapshot_id AS vintage_id, o.period_end, o.value
    FROM vintages AS v
    JOIN core.overdose_observations AS o
        ON o.actor_id = v.actor_id AND o.drug = v.drug AND o.basis = v.basis AND o.counts_by = v.counts_by AND o.source = v.source
        AND o.measure = 'deaths_12m'
        AND o.period_end BETWEEN v.first_period_end AND v.last_period_end
        AND o.known_from <= v.known_from
        AND (o.known_to IS NULL OR v.known_from < o.known_to)
),
base AS (
    SELECT v.actor_id, v.drug, v.basis, v.counts_by, month(o.period_end) AS month_no, o.value
    FROM vintages AS v
    JOIN core.overdose_observations AS o
        ON o.actor_id = v.actor_id AND o.drug = v.drug
        AND o.source = 'us_cdc_wonder' AND o.measure = 'deaths_month' AND o.basis = 'final' AND o.counts_by = 'residence'
        AND o.period_end > last_day(CAST(v.first_period_end - INTERVAL 13 MONTH AS DATE))
        AND o.period_end < v.first_period_end
        AND o.known_from <= CAST(known AS TIMESTAMP)
        AND (o.known_to IS NULL OR CAST(known AS TIMESTAMP) < o.known_to)
),
base_years AS (
    SELECT b.actor_id, b.drug, b.basis, b.counts_by, CASE WHEN count(b.value) = 12 THEN sum(b.value) END AS total
    FROM base AS b
    GROUP BY ALL
),
changes AS (
    SELECT
        s.*,
        t.total IS NOT NULL AS has_base,
        s.value - CASE
            WHEN s.period_end = s.first_period_end THEN t.total
            ELSE lag(s.value) OVER (PARTITION BY s.actor_id, s.drug, s.basis, s.counts_by ORDER BY s.period_end)
        END AS deaths_change
    FROM sums AS s
    LEFT JOIN base_years AS t
        ON t.actor_id = s.actor_id AND t.drug = s.drug AND t.basis = s.basis AND t.counts_by = s.counts_by
),
chained AS (
    SELECT
        c.*,
        -- one month that is not known leaves all later ones of its name unknown
        CASE
            WHEN count(c.deaths_change) OVER of_month = count(*) OVER of_month THEN b.value + sum(c.deaths_change) OVER of_month
        END AS deaths
    FROM changes AS c
    LEFT JOIN base AS b
        ON b.actor_id = c.actor_id AND b.drug = c.drug AND b.basis = c.basis AND b.counts_by = c.counts_by
        AND b.month_no = month(c.period_end)
    WINDOW of_month AS (
        PARTITION BY c.actor_id, c.drug, c.basis, c.counts_by, month(c.period_end) ORDER BY c.period_end
    )
)
SELECT
    c.actor_id,
    c.drug,
    c.basis,
    c.counts_by,
    CAST(date_trunc('month', c.period_end) AS DATE) AS period_start,
    c.period_end,
    c.deaths,
    c.deaths_change,
    c.period_end > last_day(CAST(c.last_period_end - INTERVAL 6 MONTH AS DATE)) AS is_recent,
    CASE
        WHEN c.has_base THEN strftime(last_day(CAST(c.first_period_end - INTERVAL 12 MONTH AS DATE)), '%Y-%m')
            || ' to ' || strftime(CAST(c.first_period_end - INTERVAL 1 MONTH AS DATE), '%Y-%m') || ', WONDER final, residents'
    END AS base,
    CASE
        WHEN c.deaths IS NOT NULL THEN 'first year + changes of the 12-month sums'
        WHEN c.deaths_change IS NOT NULL THEN 'no first year: the change on the year before alone is known'
        ELSE 'a sum that it needs is not shown'
    END AS method,
    c.vintage_known_from AS known_from,
    c.vintage_id AS snapshot_id,
    CAST(c.vintage_known_from AS DATE) AS vintage_date,
    CASE WHEN CAST(known AS TIMESTAMP) < end_of_time() THEN CAST(CAST(known AS TIMESTAMP) AS DATE) - vintage_date END
        AS vintage_age_days
FROM chained AS c;
COMMENT ON MACRO TABLE overdose_monthly_as_known IS 'Deaths of single months, out of sums over twelve months, as a reader could have worked them out at a moment.';
