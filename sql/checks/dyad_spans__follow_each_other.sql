-- critical: The spans of a dyad follow each other: each day from the first to the last is in one of them, so that marts.dyad_day has it once.
-- table: marts.dyad_spans
SELECT *
FROM (
    SELECT source_id, target_id, from_date, to_date, lead(from_date) OVER (PARTITION BY source_id, target_id ORDER BY from_date) AS next_date
    FROM marts.dyad_spans
)
WHERE from_date >= to_date OR next_date <> to_date OR from_date IS NULL OR to_date IS NULL;
