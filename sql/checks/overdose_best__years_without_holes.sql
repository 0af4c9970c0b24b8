-- critical: Of each jurisdiction and drug class every year from the first to the last is there: a missing one would pass for one without deaths.
-- table: marts.overdose_best
-- scope: build
SELECT actor_id, drug, min(year) AS first_year, max(year) AS last_year, count(*) AS n_years
FROM marts.overdose_best
GROUP BY actor_id, drug
HAVING count(*) <> max(year) - min(year) + 1;
