-- warning: The newest month of a complete vintage is not before that of the complete vintage before it, in all vintages seen: an old one taken for a new one would undo revisions, but a publisher may take a month back.
-- table: core.overdose_vintages
WITH newest AS (
    SELECT source, known_from, max(last_period_end) AS newest_month
    FROM core.overdose_vintages
    WHERE vintage_scope = 'complete'
    GROUP BY ALL
)
SELECT source, known_from, newest_month, lag(newest_month) OVER (PARTITION BY source ORDER BY known_from) AS newest_before
FROM newest
QUALIFY newest_month < newest_before;
