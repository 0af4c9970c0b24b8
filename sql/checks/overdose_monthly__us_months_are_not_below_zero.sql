-- warning: A month of the US that is not among the newest six has no fewer than 0 deaths with synthetic opioids: seen in no vintage.
-- table: marts.overdose_monthly
-- scope: build
SELECT *
FROM marts.overdose_monthly
WHERE actor_id = 'USA' AND drug = 'T40.4' AND deaths < 0 AND NOT is_recent;
