-- warning: Every state of a panel has a row of codes in each of its years: else it is lost where codes are joined. Lists name states that are no more (OFAC the Netherlands Antilles, dissolved in 2010), so that a genuine file may break it.
-- table: marts.dyad_spans
SELECT DISTINCT d.source_id, y.year
FROM marts.dyad_spans AS d
JOIN core.actors AS a ON a.actor_id = d.source_id AND a.kind = 'state'
CROSS JOIN (SELECT DISTINCT year(s.from_date) AS year FROM marts.dyad_spans AS s
UNION
SELECT year(s.to_date - 1) FROM marts.dyad_spans AS s) AS y
WHERE y.year BETWEEN year(d.from_date) AND year(d.to_date - 1) AND y.year >= 1946
    AND NOT EXISTS (FROM marts.state_years AS s WHERE s.actor_id = d.source_id AND s.year = y.year)
