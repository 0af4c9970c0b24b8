-- critical: Rows in = rows out: every standing figure of deaths over 12 months is in the month it ends with.
-- table: marts.actor_month
-- scope: build
WITH held AS (
    SELECT
        actor_id,
        period_end,
        max(value) FILTER (basis = 'reported') AS reported,
        max(value) FILTER (basis = 'predicted') AS predicted
    FROM core.overdose_observations
    WHERE known_to IS NULL AND measure = 'deaths_12m' AND drug = 'all' AND basis IN ('reported', 'predicted') AND value IS NOT NULL
    GROUP BY ALL
)
SELECT *
FROM held AS h
FULL JOIN marts.actor_month AS m USING (actor_id, period_end)
WHERE h.reported IS DISTINCT FROM m.deaths_12m_reported OR h.predicted IS DISTINCT FROM m.deaths_12m_predicted;
