-- Is fentanyl in more than two thirds of overdose deaths in the United States, by final counts and by what was known on 22 December 2023?
-- How to read it: share is deaths with synthetic opioids (T40.4, mostly fentanyl) / all overdose deaths, 0 to 1. Each final year is
-- a row; below them stand the newest 12 months that a reader of that day knew, reported and predicted. Final counts are of
-- residents, the others of deaths in the country: about 1 % apart, which a share hardly shows. Periods overlap: never add them up.
WITH final_years AS (
    SELECT 'final, as known now' AS figures, source, basis, period_start, period_end, deaths, deaths_all, share, known_from
    FROM overdose_shares_as_known(TIMESTAMP '9999-12-31')
    WHERE actor_id = 'USA' AND drug = 'T40.4' AND measure = 'deaths_year' AND basis = 'final' AND period_end >= DATE '2015-12-31'
),
known_then AS (
    SELECT 'as known on 2023-12-22' AS figures, source, basis, period_start, period_end, deaths, deaths_all, share, known_from
    FROM overdose_shares_as_known(DATE '2023-12-22')
    WHERE actor_id = 'USA' AND drug = 'T40.4' AND measure = 'deaths_12m'
    QUALIFY period_end = max(period_end) OVER (PARTITION BY basis)
)
SELECT figures, basis, period_start, period_end, deaths, deaths_all, round(share, 4) AS share, share > 2.0 / 3 AS is_above_two_thirds, known_from, source
FROM (FROM final_years UNION ALL FROM known_then)
ORDER BY figures DESC, period_end, basis;
