-- warning: A complete vintage since July 2025 holds 630 series: 12 indicators of 54 jurisdictions, two of which show 3 only. Fewer means that a jurisdiction or an indicator has stopped.
-- table: core.overdose_vintages
SELECT source, snapshot_id, known_from, count(*) AS n_series
FROM core.overdose_vintages
WHERE source = 'us_cdc_vsrr' AND vintage_scope = 'complete' AND basis = 'reported' AND actor_id <> 'US-NY'
    AND known_from >= TIMESTAMP '2025-07-01'
GROUP BY ALL
HAVING count(*) < 630;
