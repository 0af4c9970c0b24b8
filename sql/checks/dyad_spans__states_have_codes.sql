-- critical: Every state of a panel has a row of codes in each of its years, while it stands: else it is lost where codes are joined.
-- table: marts.dyad_spans
SELECT DISTINCT d.source_id, y.year
FROM marts.dyad_spans AS d
JOIN core.actors AS a ON a.actor_id = d.source_id AND a.kind = 'state'
CROSS JOIN (SELECT DISTINCT year(s.from_date) AS year FROM marts.dyad_spans AS s
UNION
SELECT year(s.to_date - 1) FROM marts.dyad_spans AS s) AS y
WHERE y.year BETWEEN year(d.from_date) AND year(d.to_date - 1) AND y.year >= 1946
    AND (a.valid_to IS NULL OR y.year < year(a.valid_to))
    AND NOT EXISTS (FROM marts.state_years AS s WHERE s.actor_id = d.source_id AND s.year = y.year)
