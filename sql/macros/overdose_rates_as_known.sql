-- Crude overdose death rates per 100,000 residents, as a reader could have worked them out at a moment.
-- known: the moment, UTC; a DATE is its first instant.
-- Method: deaths over twelve months or a calendar year / population of the year in which the period ends (American Community
-- Survey, one-year estimates) * 100,000. An estimate counts as known from October of the year after, when it has been published;
-- where that of the year is not, the newest before it is carried forward (is_population_carried, at most three years).
-- warning: not_comparable: crude, not age-adjusted: do not compare with rates that CDC prints (2022: 32.4 crude, 32.6 age-adjusted). Deaths that occurred in a place are not all of its residents. New York City and the state without it have no population here.
-- Result: one row per series and period of which deaths and residents are known; vintage_date and vintage_age_days are of the deaths.
-- As in: marts.overdose_rates, overdose_as_known
-- Example: SELECT rate_per_100k FROM overdose_rates_as_known(DATE '2024-12-01') WHERE actor_id = 'US-WV' AND drug = 'all';
CREATE OR REPLACE MACRO overdose_rates_as_known(known) AS TABLE
WITH populations AS (
    SELECT p.actor_id, p.year, p.population
    FROM core.populations AS p
    WHERE p.series = 'acs1' AND make_date(p.year + 1, 10, 1) <= CAST(known AS TIMESTAMP)
)
SELECT
    o.source,
    o.actor_id,
    o.measure,
    o.drug,
    o.basis,
    o.counts_by,
    o.period_end,
    o.value AS deaths,
    p.population,
    p.year AS population_year,
    p.year < year(o.period_end) AS is_population_carried,
    o.value / p.population * 100000 AS rate_per_100k,
    o.known_from,
    o.vintage_date,
    o.vintage_age_days
FROM overdose_as_known(known) AS o
JOIN populations AS p ON p.actor_id = o.actor_id AND p.year BETWEEN year(o.period_end) - 3 AND year(o.period_end)
WHERE o.value IS NOT NULL
    AND o.measure IN ('deaths_12m', 'all_cause_deaths_12m', 'deaths_year')
QUALIFY p.year = max(p.year) OVER (
    PARTITION BY o.source, o.actor_id, o.measure, o.drug, o.basis, o.counts_by, o.period_end, o.known_from
);
COMMENT ON MACRO TABLE overdose_rates_as_known IS 'Crude overdose death rates per 100,000 residents, as a reader could have worked them out at a moment.';
