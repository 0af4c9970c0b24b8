-- warning: The newest month of a complete vintage ended 100 to 250 days before it was known: 3.5 to 8 months were seen. Anything else means a date that is not that of the vintage.
-- table: core.overdose_vintages
WITH newest AS (
    SELECT source, snapshot_id, known_from, max(last_period_end) AS newest_month
    FROM core.overdose_vintages
    WHERE source = 'us_cdc_vsrr' AND vintage_scope = 'complete'
    GROUP BY ALL
)
SELECT *, date_diff('day', newest_month, CAST(known_from AS DATE)) AS days
FROM newest
WHERE days NOT BETWEEN 100 AND 250;
