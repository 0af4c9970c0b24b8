-- critical: Overdose deaths never exceed the deaths from all causes of the same place and months, as known at one time: if they do, the two indicators have been taken for each other.
-- rests on: a definition: an overdose death is a death.
-- table: core.overdose_observations
WITH totals AS (
    SELECT actor_id, measure, basis, period_end, value, vintage_scope, snapshot_id, known_from
    FROM core.overdose_observations
    WHERE source = 'us_cdc_vsrr' AND drug = 'all' AND measure IN ('deaths_12m', 'all_cause_deaths_12m')
),
overdoses AS (FROM totals WHERE measure = 'deaths_12m'),
all_causes AS (FROM totals WHERE measure = 'all_cause_deaths_12m')
SELECT o.actor_id, o.basis, o.period_end, o.value AS overdoses, a.value AS all_causes, o.known_from
FROM overdoses AS o
ASOF JOIN all_causes AS a
    ON o.actor_id = a.actor_id AND o.basis = a.basis AND o.period_end = a.period_end AND o.known_from >= a.known_from
WHERE o.value > a.value AND (o.vintage_scope = 'complete' OR o.snapshot_id = a.snapshot_id)
UNION
SELECT a.actor_id, a.basis, a.period_end, o.value, a.value, a.known_from
FROM all_causes AS a
ASOF JOIN overdoses AS o
    ON a.actor_id = o.actor_id AND a.basis = o.basis AND a.period_end = o.period_end AND a.known_from >= o.known_from
WHERE o.value > a.value AND (a.vintage_scope = 'complete' OR o.snapshot_id = a.snapshot_id)
