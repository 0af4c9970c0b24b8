-- Events in the news of both directions by period, as known at a moment: what dyad_panel_as_known says of news, without listings and acts,
-- which take most of its time. A period has a row where a day of it has news or an event; NULL: no day of it has a value.
WITH kept AS (
    SELECT e.*
    FROM (
        -- sorted by the states: where a branch asks a column for one value, the rest is not read
        SELECT a.* FROM core.events AS a WHERE a.source_country_id = $source AND a.target_country_id = $target
        UNION ALL
        SELECT b.* FROM core.events AS b WHERE b.source_country_id = $target AND b.target_country_id = $source
        UNION ALL
        -- bodies of the EU and the UN have no state
        SELECT c.*
        FROM core.events AS c
        WHERE ($source IN ('EU', 'UN') OR $target IN ('EU', 'UN'))
            AND (c.source_country_id IS NULL OR c.target_country_id IS NULL)
            AND is_pair(dyad_side(c.source_id, c.source_country_id), dyad_side(c.target_id, c.target_country_id), $source, $target)
    ) AS e
    WHERE happened_on_a_day(e) AND e.known_from <= $known
),
reports AS (
    SELECT r.* FROM core.event_reports AS r WHERE r.known_from <= $known AND r.event_id IN (SELECT k.event_id FROM kept AS k)
),
events AS (
    SELECT o.* FROM one_a_day('kept', 'reports') AS o
),
by_day AS (
    SELECT d.*
    FROM core.event_days AS d
    WHERE d.known_from <= $known
        AND is_pair(dyad_side(d.source_id, d.source_country_id), dyad_side(d.target_id, d.target_country_id), $source, $target)
),
told AS (
    SELECT e.source_id, e.target_id, e.date, 1 AS n, e.quad_schrodt, e.goldstein FROM events AS e
    UNION ALL
    SELECT c.source_id, c.target_id, c.date, c.n_events, c.quad_schrodt, c.goldstein FROM counted_by_day('by_day', 'events') AS c
),
whole AS (
    -- without an event a day has one, 0, only where its news is fully covered: all its slots were out by then
    SELECT d.source_id, d.target_id, n.date, 0 AS n, NULL AS quad_schrodt, NULL AS goldstein
    FROM core.news_coverage AS n
    CROSS JOIN (VALUES ($source, $target), ($target, $source)) AS d (source_id, target_id)
    WHERE n.covers = 'events'
        AND n.coverage_share >= 1
        AND n.known_from + to_microseconds((n.n_slots_expected - 1) * (86400000000 // n.n_slots_expected)) <= $known
    UNION ALL
    SELECT unnest([$source, $target]), unnest([$target, $source]), p.date, 0, NULL, NULL
    FROM core.news_pair_coverage AS p
    WHERE p.low_id = least($source, $target) AND p.high_id = greatest($source, $target) AND p.known_from <= $known
),
days AS (
    SELECT t.* FROM told AS t
    UNION ALL
    SELECT w.* FROM whole AS w
)
SELECT
    d.source_id,
    d.target_id,
    CAST(date_trunc($grain, d.date) AS DATE) AS date,
    CAST(date_trunc($grain, d.date) + to_months(CASE $grain WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 ELSE 0 END) AS DATE)
    + CASE $grain WHEN 'week' THEN 7 WHEN 'day' THEN 1 ELSE 0 END - 1 AS period_end,
    CAST(sum(d.n) AS BIGINT) AS n_events,
    CAST(coalesce(sum(d.n) FILTER (d.quad_schrodt = 1), 0) AS BIGINT) AS n_verbal_cooperation,
    CAST(coalesce(sum(d.n) FILTER (d.quad_schrodt = 2), 0) AS BIGINT) AS n_material_cooperation,
    CAST(coalesce(sum(d.n) FILTER (d.quad_schrodt = 3), 0) AS BIGINT) AS n_verbal_conflict,
    CAST(coalesce(sum(d.n) FILTER (d.quad_schrodt = 4), 0) AS BIGINT) AS n_material_conflict,
    sum(d.n * d.goldstein) / nullif(sum(d.n) FILTER (d.goldstein IS NOT NULL), 0) AS goldstein_mean
FROM days AS d
GROUP BY ALL
ORDER BY d.source_id, date;
