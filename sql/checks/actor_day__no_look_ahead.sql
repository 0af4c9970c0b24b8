-- critical: The figure of a morning covers months that were over, and stood in the sources at that moment.
-- table: marts.actor_day
-- scope: build
SELECT d.*
FROM marts.actor_day AS d
WHERE d.deaths_12m_known IS NOT NULL
    AND (
        d.deaths_12m_known_period_end >= d.date
        OR NOT EXISTS (
            FROM core.overdose_observations AS o
            WHERE o.actor_id = d.actor_id
                AND o.measure = 'deaths_12m'
                AND o.drug = 'all'
                AND o.basis = d.deaths_12m_known_basis
                AND o.period_end = d.deaths_12m_known_period_end
                AND o.value = d.deaths_12m_known
                AND o.known_from <= CAST(d.date AS TIMESTAMP)
                AND (o.known_to IS NULL OR CAST(d.date AS TIMESTAMP) < o.known_to)
        )
    );
