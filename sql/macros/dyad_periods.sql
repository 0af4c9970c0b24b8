-- Days of dyads summed by day, week, month, quarter or year: the one body of marts.dyad_month, dyad_panel and dyad_panel_as_known.
-- spans: name of a table (also of a WITH) with the columns of marts.dyad_spans. grain: 'day', 'week' (Monday to Sunday), 'month',
-- 'quarter' or 'year'.
-- Result: source_id, target_id, date, period_end, n_days, and the columns of marts.dyad_day summed over the period. NULL where no day of the
-- period has a value; a day without events has one, 0, only where its news is fully covered. Listings added and removed are 0 only
-- where all lists of the source are covered on all days, official acts only where every day has a value. n_listings_in_force and
-- n_listings_target_unknown are stocks: those of the last day that has one.
-- coverage_share is the mean over n_days, n_lists_covered the least of the days.
-- Column date: First day of the period.
-- Column period_end: Last day of the period.
-- Column n_days: Days of the period that lie in the calendar of the dyad: fewer in the first and last one.
-- Column n_listings_in_force: Certain listings in force on the last day of the period that has a value: a stock, never added up.
-- Column n_listings_target_unknown: Listings of the source of no known state on that day: a stock, never added up.
-- Column coverage_share: Share of the news slots of the period that are available, 0 to 1: the mean over n_days.
-- Column n_lists_covered: Lists of the source that cover the day, the least of the days of the period.
-- Column lists_covered: Lists of the source that cover all days of the period.
-- Column are_listings_exact: Whether every list of the source that can name the target covers all days of the period: counts of listings are exact, else lower bounds.
-- Column n_listings_came_into_view: Listings that only came into view in the period (marts.dyad_day).
-- Column n_listings_left_view: Listings that only left view in the period.
-- As in: marts.dyad_month
-- Example: FROM dyad_periods('marts.dyad_spans', 'week') WHERE source_id = 'CHN' AND target_id = 'USA';
CREATE OR REPLACE MACRO dyad_periods(spans, grain) AS TABLE
WITH placed AS (
    -- a part of a span for each period that it touches
    SELECT
        p.*,
        CAST(unnest(generate_series(
            CAST(date_trunc(CASE WHEN lower(grain) IN ('week', 'month', 'quarter', 'year') THEN lower(grain) ELSE 'day' END, p.from_date) AS TIMESTAMP),
            CAST(p.to_date - 1 AS TIMESTAMP),
            CASE lower(grain)
                WHEN 'day' THEN INTERVAL 1 DAY
                WHEN 'week' THEN INTERVAL 7 DAY
                WHEN 'month' THEN INTERVAL 1 MONTH
                WHEN 'quarter' THEN INTERVAL 3 MONTH
                ELSE INTERVAL 1 YEAR
            END
        )) AS DATE) AS first_day
    FROM query_table(spans) AS p
    -- a table function's argument is evaluated even where no row matches: a wrong grain never passes for an empty panel
    CROSS JOIN range(
        CASE
            WHEN lower(grain) IN ('day', 'week', 'month', 'quarter', 'year') THEN 1
            ELSE CAST(
                error('dyad_periods: grain must be day, week, month, quarter or year, not ' || coalesce(CAST(grain AS VARCHAR), 'NULL'))
                AS BIGINT
            )
        END
    )
),
parts AS (
    SELECT
        b.*,
        greatest(b.from_date, b.first_day) AS date,
        least(b.to_date, b.last_day + 1) - greatest(b.from_date, b.first_day) AS n
    FROM (
        SELECT
            d.*,
            CASE lower(grain)
                WHEN 'day' THEN d.first_day
                WHEN 'week' THEN d.first_day + 6
                WHEN 'month' THEN last_day(d.first_day)
                WHEN 'quarter' THEN last_day(CAST(d.first_day + INTERVAL 2 MONTH AS DATE))
                ELSE make_date(year(d.first_day), 12, 31)
            END AS last_day
        FROM placed AS d
    ) AS b
)
SELECT
    q.source_id,
    q.target_id,
    q.first_day AS date,
    q.last_day AS period_end,
    CAST(sum(q.n) AS BIGINT) AS n_days,
    CAST(sum(q.n_events * q.n) AS BIGINT) AS n_events,
    CAST(sum(q.n_reports * q.n) AS BIGINT) AS n_reports,
    CAST(sum(q.n_verbal_cooperation * q.n) AS BIGINT) AS n_verbal_cooperation,
    CAST(sum(q.n_material_cooperation * q.n) AS BIGINT) AS n_material_cooperation,
    CAST(sum(q.n_verbal_conflict * q.n) AS BIGINT) AS n_verbal_conflict,
    CAST(sum(q.n_material_conflict * q.n) AS BIGINT) AS n_material_conflict,
    CAST(sum(q.n_goldstein * q.n) AS BIGINT) AS n_goldstein,
    CAST(sum(CAST(q.goldstein_sum AS DECIMAL(18, 4)) * q.n) AS DOUBLE) AS goldstein_sum,
    CAST(sum(CAST(q.goldstein_pos_sum AS DECIMAL(18, 4)) * q.n) AS DOUBLE) AS goldstein_pos_sum,
    CAST(sum(CAST(q.goldstein_neg_sum AS DECIMAL(18, 4)) * q.n) AS DOUBLE) AS goldstein_neg_sum,
    CAST(sum(CAST(q.goldstein_sum AS DECIMAL(18, 4)) * q.n) AS DOUBLE) / nullif(CAST(sum(q.n_goldstein * q.n) AS BIGINT), 0)
        AS goldstein_mean,
    CAST(sum((q.n_verbal_conflict + q.n_material_conflict) * q.n) AS BIGINT) / nullif(CAST(sum(q.n_events * q.n) AS BIGINT), 0) AS conflict_share,
    CAST(sum(q.n_material_conflict * q.n) AS BIGINT) / nullif(CAST(sum(q.n_events * q.n) AS BIGINT), 0) AS material_conflict_share,
    -- no sum is 0 where a day of the period may have had one
    CAST(CASE WHEN count(q.n_listings_added) = count(*) THEN sum(q.n_listings_added * q.n) ELSE nullif(sum(q.n_listings_added * q.n), 0) END AS BIGINT)
        AS n_listings_added,
    CAST(
        CASE WHEN count(q.n_listings_removed) = count(*) THEN sum(q.n_listings_removed * q.n) ELSE nullif(sum(q.n_listings_removed * q.n), 0) END
        AS BIGINT
    ) AS n_listings_removed,
    arg_max(q.n_listings_in_force, q.date) AS n_listings_in_force,
    CAST(sum(CAST(q.coverage_share AS DECIMAL(18, 9)) * q.n) AS DOUBLE) / CAST(sum(q.n) AS BIGINT) AS coverage_share,
    CAST(sum(q.n_agree * q.n) AS BIGINT) AS n_agree,
    CAST(sum(q.n_consult * q.n) AS BIGINT) AS n_consult,
    CAST(sum(q.n_support * q.n) AS BIGINT) AS n_support,
    CAST(sum(q.n_concede * q.n) AS BIGINT) AS n_concede,
    CAST(sum(q.n_cooperate * q.n) AS BIGINT) AS n_cooperate,
    CAST(sum(q.n_aid * q.n) AS BIGINT) AS n_aid,
    CAST(sum(q.n_retreat * q.n) AS BIGINT) AS n_retreat,
    CAST(sum(q.n_request * q.n) AS BIGINT) AS n_request,
    CAST(sum(q.n_accuse * q.n) AS BIGINT) AS n_accuse,
    CAST(sum(q.n_reject * q.n) AS BIGINT) AS n_reject,
    CAST(sum(q.n_threaten * q.n) AS BIGINT) AS n_threaten,
    CAST(sum(q.n_protest * q.n) AS BIGINT) AS n_protest,
    CAST(sum(q.n_sanction * q.n) AS BIGINT) AS n_sanction,
    CAST(sum(q.n_mobilize * q.n) AS BIGINT) AS n_mobilize,
    CAST(sum(q.n_coerce * q.n) AS BIGINT) AS n_coerce,
    CAST(sum(q.n_assault * q.n) AS BIGINT) AS n_assault,
    CAST(sum(q.n_no_plover * q.n) AS BIGINT) AS n_no_plover,
    CAST(sum(q.n_economic_sanctions * q.n) AS BIGINT) AS n_economic_sanctions,
    CAST(sum(q.n_sanctions_eased * q.n) AS BIGINT) AS n_sanctions_eased,
    CAST(
        CASE
            WHEN count(q.n_listings_added_within_gap) = count(*) THEN sum(q.n_listings_added_within_gap * q.n)
            ELSE nullif(sum(q.n_listings_added_within_gap * q.n), 0)
        END AS BIGINT
    ) AS n_listings_added_within_gap,
    max(q.n_lists_held) AS n_lists_held,
    min(q.n_lists_covered) AS n_lists_covered,
    max(q.lists_vintage_date) AS lists_vintage_date,
    max(greatest(q.date + CAST(q.n AS INTEGER) - 1 - q.lists_vintage_date, 0)) AS lists_vintage_age_days,
    CAST(CASE WHEN count(q.n_official_acts) = count(*) THEN sum(q.n_official_acts * q.n) ELSE nullif(sum(q.n_official_acts * q.n), 0) END AS BIGINT)
        AS n_official_acts,
    arg_max(q.n_listings_target_unknown, q.date) AS n_listings_target_unknown,
    list_sort(list_reduce(list(DISTINCT q.lists_covered), lambda x, y: list_intersect(x, y))) AS lists_covered, -- noqa: LT01
    bool_and(q.are_listings_exact) AS are_listings_exact,
    CAST(sum(q.n_listings_came_into_view * q.n) AS BIGINT) AS n_listings_came_into_view,
    CAST(sum(q.n_listings_left_view * q.n) AS BIGINT) AS n_listings_left_view,
    arg_max(q.n_listings_comparable, q.date) AS n_listings_comparable,
    arg_max(q.n_listings_certain, q.date) AS n_listings_certain,
    arg_max(q.n_listings_possible, q.date) AS n_listings_possible,
    arg_max(q.n_listings_not_contradicted, q.date) AS n_listings_not_contradicted,
    arg_max(q.n_listings_without_vessels, q.date) AS n_listings_without_vessels,
    arg_max(q.n_parties_in_force, q.date) AS n_parties_in_force,
    arg_max(q.n_listings_by_link, q.date) AS n_listings_by_link
FROM parts AS q
GROUP BY q.source_id, q.target_id, q.first_day, q.last_day;
COMMENT ON MACRO TABLE dyad_periods IS 'Days of dyads summed by day, week, month, quarter or year: the one body of marts.dyad_month, dyad_panel and dyad_panel_as_known.';
