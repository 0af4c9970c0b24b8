-- How much were the national overdose figures revised after they first came out?
-- How to read it: share_revised is (latest - first) / first. Only months of which there is more than one version are shown.
-- Reported figures grow as late records arrive; predicted ones are meant to stand still.
SELECT
    period_end,
    basis,
    count(*) AS n_versions,
    arg_min(value, known_from) AS first_value,
    min(known_from) AS first_known_from,
    arg_max(value, known_from) AS latest_value,
    max(known_from) AS latest_known_from,
    round(arg_max(value, known_from) / arg_min(value, known_from) - 1, 4) AS share_revised
FROM core.overdose_observations
WHERE actor_id = 'USA' AND measure = 'deaths_12m' AND drug = 'all' AND value > 0
GROUP BY period_end, basis
HAVING count(*) > 1
ORDER BY period_end, basis;
