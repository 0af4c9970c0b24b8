-- critical: Both directions of a pair share one calendar, so that they can be laid side by side.
-- table: marts.dyad_month
-- scope: build
SELECT x.*
FROM marts.dyad_month AS x
WHERE NOT EXISTS (
    FROM marts.dyad_month AS y
    WHERE y.source_id = x.target_id AND y.target_id = x.source_id AND y.period_end = x.period_end
);
