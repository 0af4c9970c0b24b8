-- warning: The jurisdictions that show a drug class never have more deaths with it than the US, Puerto Rico left out: many do not show it, so their sum is 0.29 to 0.95 of the US, and no total.
-- table: core.overdose_observations
WITH classes AS (
    SELECT actor_id, drug, basis, period_end, value
    FROM core.overdose_observations
    WHERE source = 'us_cdc_vsrr' AND measure = 'deaths_12m' AND drug <> 'all' AND basis = 'reported' AND known_to IS NULL
        AND NOT is_derived AND actor_id <> 'US-PR'
)
SELECT drug, period_end, sum(value) FILTER (actor_id <> 'USA') AS sum_of_parts, any_value(value) FILTER (actor_id = 'USA') AS us
FROM classes
GROUP BY ALL
HAVING sum_of_parts > us;
