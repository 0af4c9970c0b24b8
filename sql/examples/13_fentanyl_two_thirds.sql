-- Is fentanyl in more than two thirds of overdose deaths in the United States, by final counts and by what was known on 22 December 2023?
-- How to read it: share is deaths with synthetic opioids (T40.4, mostly fentanyl) / all overdose deaths, 0 to 1. A row for each
-- final year; for the newest 12 months of which a reader of that day knew both counts; and for the 12 months to August 2023, the
-- last published by then, as known now. Final counts are of residents, the others of deaths in the country: about 1 % apart,
-- which a share hardly shows. Periods overlap: never add them up.
WITH shares_now AS (
    FROM overdose_shares_as_known(TIMESTAMP '9999-12-31') WHERE actor_id = 'USA' AND drug = 'T40.4'
),
shares_then AS (
    FROM overdose_shares_as_known(DATE '2023-12-22') WHERE actor_id = 'USA' AND drug = 'T40.4' AND measure = 'deaths_12m'
),
rows_wanted AS (
    SELECT 1 AS place, 'final' AS figures, *
    FROM shares_now
    WHERE measure = 'deaths_year' AND basis = 'final' AND period_end >= DATE '2015-12-31'
    UNION ALL
    SELECT 2, 'newest known on 2023-12-22', * FROM (FROM shares_then QUALIFY period_end = max(period_end) OVER (PARTITION BY basis))
    UNION ALL
    SELECT 3, 'to August 2023, as known now', * FROM shares_now WHERE measure = 'deaths_12m' AND period_end = DATE '2023-08-31'
)
SELECT
    figures,
    basis,
    period_start,
    period_end,
    deaths,
    deaths_all,
    round(share, 4) AS share,
    share > 2.0 / 3 AS is_above_two_thirds,
    known_from,
    source
FROM rows_wanted
ORDER BY place, period_end, basis;
