-- The panel of one list and one target state by day, week, month or quarter, by current knowledge: of one list the cover is even.
-- list: id of the list; one that is not known is an error. b: the target state, an actor id or as people write it ('China'). grain: 'day', 'week' (Monday to Sunday), 'month' or 'quarter'.
-- Result: one row a period from the first fact to the last day of the panels. Counts are exact where are_listings_exact, else
-- lower bounds, and none is NULL.
-- Column date: First day of the period.
-- Column period_end: Last day of the period.
-- Column n_days: Days of the period that lie in the calendar.
-- Column n_days_covered: Those of them that the list covers, additions and removals.
-- Column n_listings_in_force: Listings on the list on the last day of the period that has a value: a stock, carried on after the last vintage.
-- Column are_listings_exact: Whether the list covers all days of the period.
-- Column is_after_vintage: Whether all of the period lies after the newest vintage of the list.
-- As in: marts.dyad_list_spans
-- Example: FROM dyad_list_panel('us_bis_entity_list', 'CHN', 'quarter');
CREATE OR REPLACE MACRO dyad_list_panel(list, b, grain) AS TABLE
WITH asked AS (
    SELECT
        CASE
            WHEN EXISTS (FROM core.sanction_lists AS s WHERE s.list_id = list) THEN coalesce(actor_named(b), b)
            ELSE CAST(error('dyad_list_panel: there is no list ' || list) AS VARCHAR)
        END AS target_id
),
parts AS (
    SELECT
        s.*,
        CAST(unnest(generate_series(
            CAST(date_trunc(lower(grain), s.from_date) AS TIMESTAMP),
            CAST(s.to_date - 1 AS TIMESTAMP),
            CASE lower(grain) WHEN 'day' THEN INTERVAL 1 DAY WHEN 'week' THEN INTERVAL 7 DAY WHEN 'month' THEN INTERVAL 1 MONTH ELSE INTERVAL 3 MONTH END
        )) AS DATE) AS first_day
    FROM marts.dyad_list_spans AS s
    JOIN asked AS a ON a.target_id = s.target_id
    WHERE s.list_id = list
        AND CASE
            WHEN lower(grain) IN ('day', 'week', 'month', 'quarter') THEN true
            ELSE error('dyad_list_panel: grain must be day, week, month or quarter, not ' || coalesce(CAST(grain AS VARCHAR), 'NULL'))
        END
),
placed AS (
    SELECT d.*, greatest(d.from_date, d.first_day) AS day, least(d.to_date, d.next_day) - greatest(d.from_date, d.first_day) AS n
    FROM (
        SELECT
            p.*,
            CAST(p.first_day + CASE lower(grain) WHEN 'day' THEN INTERVAL 1 DAY WHEN 'week' THEN INTERVAL 7 DAY WHEN 'month' THEN INTERVAL 1 MONTH ELSE INTERVAL 3 MONTH END AS DATE)
                AS next_day
        FROM parts AS p
    ) AS d
)
SELECT
    q.list_id,
    q.source_id,
    q.target_id,
    q.first_day AS date,
    q.next_day - 1 AS period_end,
    CAST(sum(q.n) AS BIGINT) AS n_days,
    CAST(coalesce(sum(q.n) FILTER (q.are_listings_exact), 0) AS BIGINT) AS n_days_covered,
    CAST(CASE WHEN bool_and(q.are_listings_exact) THEN sum(q.n_listings_added * q.n) ELSE nullif(sum(q.n_listings_added * q.n), 0) END AS BIGINT)
        AS n_listings_added,
    CAST(CASE WHEN bool_and(q.are_listings_exact) THEN sum(q.n_listings_removed * q.n) ELSE nullif(sum(q.n_listings_removed * q.n), 0) END AS BIGINT)
        AS n_listings_removed,
    arg_max(q.n_listings_in_force, q.day) AS n_listings_in_force,
    bool_and(q.are_listings_exact) AS are_listings_exact,
    bool_and(q.is_after_vintage) AS is_after_vintage,
    max(q.list_vintage_date) AS list_vintage_date
FROM placed AS q
WHERE (SELECT are_known([a.target_id]) FROM asked AS a)
GROUP BY q.list_id, q.source_id, q.target_id, q.first_day, q.next_day
ORDER BY q.first_day;
COMMENT ON MACRO TABLE dyad_list_panel IS 'The panel of one list and one target state by day, week, month or quarter, by current knowledge: of one list the cover is even.';
