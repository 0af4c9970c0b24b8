-- critical: At any moment the spans of a list that cover the same are apart: else a day is counted twice.
-- table: core.list_coverage
-- rows: list_id, covers, covered_from, known_from
SELECT x.list_id, x.covers, x.covered_from, x.known_from
FROM core.list_coverage AS x
JOIN core.list_coverage AS y
    ON y.list_id = x.list_id AND y.covers = x.covers
    AND (y.covered_from, y.known_from) <> (x.covered_from, x.known_from)
    AND y.covered_from < x.covered_to AND x.covered_from < y.covered_to
    AND y.known_from < coalesce(x.known_to, TIMESTAMP 'infinity') AND x.known_from < coalesce(y.known_to, TIMESTAMP 'infinity');
