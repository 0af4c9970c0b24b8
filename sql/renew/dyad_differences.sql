-- On which days the inputs of marts.dyad_day differ from those of the file before, up to the last day that both calendars have.
-- inputs_before, inputs_now: what dyad_inputs.sql gives of the file before and of this one.
-- A row for each pair, source or none of both, with the days; none where they lie further apart than a month, or it is no matter of days.
WITH horizon AS (
    SELECT least(
        (SELECT max(b.last_date) FROM inputs_before AS b WHERE b.input = 'span'),
        (SELECT max(n.last_date) FROM inputs_now AS n WHERE n.input = 'span')
    ) AS last_date
),
before AS (
    SELECT b.input, b.source_id, b.target_id, b.first_date, least(b.last_date, h.last_date) AS last_date, b.content
    FROM inputs_before AS b, horizon AS h
    WHERE b.input = 'vintage' OR b.first_date IS NULL OR b.first_date <= h.last_date
),
now AS (
    SELECT n.input, n.source_id, n.target_id, n.first_date, least(n.last_date, h.last_date) AS last_date, n.content
    FROM inputs_now AS n, horizon AS h
    WHERE n.input = 'vintage' OR n.first_date IS NULL OR n.first_date <= h.last_date
),
gone AS (
    FROM before
    EXCEPT
    FROM now
),
come AS (
    FROM now
    EXCEPT
    FROM before
),
-- where a span begins or ends otherwise, most of its days may be as they were
gone_days AS (
    SELECT g.source_id, g.target_id, g.first_date + CAST(unnest(range(g.last_date - g.first_date + 1)) AS INTEGER) AS date, g.content
    FROM gone AS g
    WHERE g.input = 'span'
),
come_days AS (
    SELECT c.source_id, c.target_id, c.first_date + CAST(unnest(range(c.last_date - c.first_date + 1)) AS INTEGER) AS date, c.content
    FROM come AS c
    WHERE c.input = 'span'
),
other_days AS (
    (
        FROM gone_days
        EXCEPT
        FROM come_days
    )
    UNION ALL
    (
        FROM come_days
        EXCEPT
        FROM gone_days
    )
),
others AS (
    FROM gone
    UNION ALL
    FROM come
),
differing AS (
    SELECT 'pair' AS of_what, d.source_id, d.target_id, d.date FROM other_days AS d
    UNION ALL
    SELECT
        CASE d.input WHEN 'pair and day' THEN 'pair' WHEN 'source and day' THEN 'days of source' ELSE d.input END,
        d.source_id,
        d.target_id,
        d.first_date
    FROM others AS d
    WHERE d.input <> 'span'
)
SELECT
    d.of_what,
    d.source_id,
    d.target_id,
    CASE WHEN max(d.date) - min(d.date) < 31 OR d.of_what IN ('day', 'days of source') THEN list(DISTINCT d.date) END AS dates,
    h.last_date AS common_until
FROM differing AS d, horizon AS h
GROUP BY d.of_what, d.source_id, d.target_id, h.last_date
UNION ALL
SELECT 'horizon', NULL, NULL, NULL, h.last_date FROM horizon AS h;
