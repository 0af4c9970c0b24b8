-- critical: New York State is the sum of the city and of the state without it, as known at one time, and NULL where one of them is: it is computed here and must follow each revision of a part.
-- table: core.overdose_observations
WITH counts AS (
    SELECT actor_id, measure, drug, basis, period_end, value
    FROM core.overdose_observations
    WHERE source = 'us_cdc_vsrr' AND unit = 'deaths' AND known_to IS NULL AND actor_id IN ('US-NY', 'US-NY-XNYC', 'US-NY-NYC')
)
SELECT measure, drug, basis, period_end,
    any_value(value) FILTER (actor_id = 'US-NY') AS new_york,
    any_value(value) FILTER (actor_id = 'US-NY-XNYC') AS state_without_city,
    any_value(value) FILTER (actor_id = 'US-NY-NYC') AS city
FROM counts
GROUP BY ALL
HAVING (count(*) FILTER (actor_id <> 'US-NY') = 2 AND (count(*) < 3 OR new_york IS DISTINCT FROM state_without_city + city))
    OR (count(*) FILTER (actor_id <> 'US-NY') < 2 AND count(*) FILTER (actor_id = 'US-NY') > 0)
