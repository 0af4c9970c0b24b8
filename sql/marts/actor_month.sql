-- One actor in one calendar month: events, listings, overdose deaths of the 12 months to its end (now and at first), seizures.
-- grain: actor_id, period_end
-- vocabularies: t404_share_basis: core.overdose_vintages.basis
-- calendar: actor_id by month of period_end
-- warning: aggregation_hazard: deaths_12m_* are sums over the 12 months that end with period_end; never add them up over months. Listings are a stock: never add months up.
-- warning: early_release deaths_12m_reported_first: too low.
CREATE TABLE marts.actor_month AS
WITH days AS (
    SELECT
        actor_id,
        last_day(date) AS period_end,
        CAST(sum(n_events_as_source) AS BIGINT) AS n_events_as_source,
        CAST(sum(n_events_as_target) AS BIGINT) AS n_events_as_target,
        arg_max(n_listings_in_force_against, date) AS n_listings_in_force_against,
        arg_max(n_listings_in_force_by, date) AS n_listings_in_force_by,
        CAST(sum(CAST(coverage_share AS DECIMAL(18, 9))) AS DOUBLE) / count(*) AS coverage_share
    FROM marts.actor_day
    GROUP BY ALL
),
figures AS (
    SELECT actor_id, drug, basis, period_end, value, known_from, coalesce(known_to, TIMESTAMP 'infinity') AS known_to
    FROM core.overdose_observations
    WHERE measure = 'deaths_12m' AND drug IN ('all', 'T40.4') AND basis IN ('reported', 'predicted') AND value IS NOT NULL
),
deaths AS (
    SELECT
        actor_id,
        period_end,
        max(value) FILTER (basis = 'reported' AND NOT isfinite(known_to)) AS deaths_12m_reported,
        max(value) FILTER (basis = 'predicted' AND NOT isfinite(known_to)) AS deaths_12m_predicted,
        arg_min(value, known_from) FILTER (basis = 'reported') AS deaths_12m_reported_first,
        min(known_from) FILTER (basis = 'reported') AS deaths_12m_reported_first_known_from,
        arg_min(value, known_from) FILTER (basis = 'predicted') AS deaths_12m_predicted_first,
        min(known_from) FILTER (basis = 'predicted') AS deaths_12m_predicted_first_known_from
    FROM figures
    WHERE drug = 'all'
    GROUP BY ALL
),
shared AS (
    -- a share takes both its parts from one vintage: the first that holds the month in both series
    SELECT
        c.source,
        c.actor_id,
        c.basis,
        c.known_from,
        greatest(c.first_period_end, t.first_period_end) AS first_period_end,
        least(c.last_period_end, t.last_period_end) AS last_period_end
    FROM core.overdose_vintages AS c
    JOIN core.overdose_vintages AS t
        ON t.source = c.source AND t.actor_id = c.actor_id AND t.basis = c.basis AND t.counts_by = c.counts_by
        AND t.known_from = c.known_from AND t.measure = 'deaths_12m' AND t.drug = 'all'
    WHERE c.measure = 'deaths_12m' AND c.drug = 'T40.4'
        AND c.n_periods = date_diff('month', c.first_period_end, c.last_period_end) + 1
        AND t.n_periods = date_diff('month', t.first_period_end, t.last_period_end) + 1
),
starts AS (
    SELECT f.actor_id, f.period_end, f.basis, min(s.known_from) AS known_at
    FROM (SELECT DISTINCT actor_id, period_end, basis FROM figures WHERE drug = 'T40.4') AS f
    JOIN shared AS s
        ON s.actor_id = f.actor_id AND s.basis = f.basis AND f.period_end BETWEEN s.first_period_end AND s.last_period_end
    GROUP BY ALL
),
firsts AS (
    SELECT
        s.actor_id,
        s.period_end,
        s.basis,
        s.known_at,
        max(f.value) FILTER (f.drug = 'T40.4') / nullif(max(f.value) FILTER (f.drug = 'all'), 0) AS first_share
    FROM starts AS s
    JOIN figures AS f USING (actor_id, period_end, basis)
    WHERE f.known_from <= s.known_at AND s.known_at < f.known_to
    GROUP BY ALL
),
-- of a class that a later partial vintage brought above the total of an earlier one no share is known; of predicted counts, each
-- adjusted and rounded by itself, a class may exceed the total by little
shares AS (
    SELECT
        actor_id,
        period_end,
        basis,
        f.known_at,
        CASE WHEN f.first_share <= 1.1 THEN f.first_share END AS first_share,
        CASE WHEN l.share <= 1.1 THEN l.share END AS latest_share
    FROM firsts AS f
    FULL JOIN (
        SELECT actor_id, period_end, basis, share
        FROM marts.overdose_shares
        WHERE measure = 'deaths_12m' AND drug = 'T40.4' AND basis IN ('reported', 'predicted')
    ) AS l USING (actor_id, period_end, basis)
),
synthetic AS (
    SELECT
        actor_id,
        period_end,
        arg_min(latest_share, basis) FILTER (latest_share IS NOT NULL) AS t404_share,
        min(basis) FILTER (latest_share IS NOT NULL) AS t404_share_basis,
        arg_min(first_share, {'known_at': known_at, 'basis': basis}) AS t404_share_first,
        arg_min(known_at, {'known_at': known_at, 'basis': basis}) FILTER (first_share IS NOT NULL) AS t404_share_first_known_from
    FROM shares
    GROUP BY ALL
),
seizures AS (
    SELECT
        actor_id,
        period_end,
        CAST(sum(n_events) AS BIGINT) AS seizures,
        -- the whole key: a sum of fractions hangs on its order in the last digit
        sum(quantity_kg ORDER BY region, component, land_filter, area, drug) AS seized_kg,
        CAST(sum(n_events) FILTER (lower(drug) = 'fentanyl') AS BIGINT) AS seizures_fentanyl,
        sum(quantity_kg ORDER BY region, component, land_filter, area, drug) FILTER (lower(drug) = 'fentanyl') AS seized_kg_fentanyl
    FROM core.drug_seizures
    WHERE known_to IS NULL
    GROUP BY actor_id, period_end
),
bounds AS (
    SELECT actor_id, min(period_end) AS first_end, max(period_end) AS last_end
    FROM (
        SELECT actor_id, period_end FROM days
        UNION ALL
        SELECT actor_id, period_end FROM deaths
        UNION ALL
        SELECT actor_id, period_end FROM seizures
    )
    GROUP BY actor_id
),
calendar AS (
    SELECT
        actor_id,
        last_day(CAST(date_trunc('month', first_end) + to_months(CAST(unnest(range(n_months)) AS INTEGER)) AS DATE)) AS period_end
    FROM (SELECT actor_id, first_end, datediff('month', first_end, last_end) + 1 AS n_months FROM bounds)
)
SELECT
    c.actor_id,
    c.period_end,
    d.n_events_as_source,
    d.n_events_as_target,
    d.n_listings_in_force_against,
    d.n_listings_in_force_by,
    o.deaths_12m_reported,
    o.deaths_12m_predicted,
    o.deaths_12m_reported_first,
    o.deaths_12m_reported_first_known_from,
    o.deaths_12m_predicted_first,
    o.deaths_12m_predicted_first_known_from,
    t.t404_share,
    t.t404_share_basis,
    t.t404_share_first,
    t.t404_share_first_known_from,
    s.seizures,
    s.seized_kg,
    s.seizures_fentanyl,
    s.seized_kg_fentanyl,
    d.coverage_share
FROM calendar AS c
LEFT JOIN days AS d USING (actor_id, period_end)
LEFT JOIN deaths AS o USING (actor_id, period_end)
LEFT JOIN synthetic AS t USING (actor_id, period_end)
LEFT JOIN seizures AS s USING (actor_id, period_end)
ORDER BY c.actor_id, c.period_end;
COMMENT ON TABLE marts.actor_month IS 'Actors by calendar month. A complete calendar for each actor.';
COMMENT ON COLUMN marts.actor_month.actor_id IS 'The actor.';
COMMENT ON COLUMN marts.actor_month.period_end IS 'Last day of the month.';
COMMENT ON COLUMN marts.actor_month.n_events_as_source IS 'Events in which the state acted: sum of the days in marts.actor_day that have a value; NULL where none has. Compare months only with their coverage_share.';
COMMENT ON COLUMN marts.actor_month.n_events_as_target IS 'Events done to the state, summed likewise.';
COMMENT ON COLUMN marts.actor_month.n_listings_in_force_against IS 'Listings of parties of the state in force on the last day of the month that a list covers.';
COMMENT ON COLUMN marts.actor_month.n_listings_in_force_by IS 'Listings in force on that day on the lists of the state''s own authorities.';
COMMENT ON COLUMN marts.actor_month.deaths_12m_reported IS 'Drug overdose deaths over the 12 months to period_end, as counted so far, by current knowledge; NULL where suppressed, withdrawn or missing.';
COMMENT ON COLUMN marts.actor_month.deaths_12m_predicted IS 'The same, adjusted by the source for late records.';
COMMENT ON COLUMN marts.actor_month.deaths_12m_reported_first IS 'The first reported figure for these 12 months.';
COMMENT ON COLUMN marts.actor_month.deaths_12m_reported_first_known_from IS 'Since when that first figure was known, UTC: the first vintage here, which need not be the first published.';
COMMENT ON COLUMN marts.actor_month.deaths_12m_predicted_first IS 'The first predicted figure for these 12 months.';
COMMENT ON COLUMN marts.actor_month.deaths_12m_predicted_first_known_from IS 'Since when that first figure was known, UTC.';
COMMENT ON COLUMN marts.actor_month.t404_share IS 'Deaths with synthetic opioids other than methadone (T40.4, mostly fentanyl) / all drug overdose deaths, 0 to 1, by current knowledge, both on one basis: predicted where both are, else reported. Classes overlap: shares of several classes exceed 1.';
COMMENT ON COLUMN marts.actor_month.t404_share_basis IS 'Basis of both parts of t404_share.';
COMMENT ON COLUMN marts.actor_month.t404_share_first IS 'The first share that could be computed for these 12 months, both parts on one basis and known at one moment.';
COMMENT ON COLUMN marts.actor_month.t404_share_first_known_from IS 'Since when t404_share_first was known, UTC.';
COMMENT ON COLUMN marts.actor_month.seizures IS 'Number of drug seizures by the state''s authority in the month, by current knowledge; NULL where there are no data.';
COMMENT ON COLUMN marts.actor_month.seized_kg IS 'Quantity seized of all drugs, kilograms.';
COMMENT ON COLUMN marts.actor_month.seizures_fentanyl IS 'Number of seizures of fentanyl.';
COMMENT ON COLUMN marts.actor_month.seized_kg_fentanyl IS 'Quantity of fentanyl seized, kilograms.';
COMMENT ON COLUMN marts.actor_month.coverage_share IS 'Mean over the days of the month in the actor''s calendar of the share of news slots available, 0 to 1; a day without any counts as 0; NULL where there are no data.';
