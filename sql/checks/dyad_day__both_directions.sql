-- critical: Both directions of a pair share one calendar, so that they can be laid side by side.
-- table: marts.dyad_day
-- scope: build
SELECT x.*
FROM marts.dyad_day AS x
WHERE NOT EXISTS (
    FROM marts.dyad_day AS y
    WHERE y.source_id = x.target_id AND y.target_id = x.source_id AND y.date = x.date
);
