-- Days of dyads summed by day, week or month: the one body of marts.dyad_month, dyad_panel and dyad_panel_as_known.
-- days: name of a table (also of a WITH) with the columns of marts.dyad_day. grain: 'day', 'week' (Monday to Sunday) or 'month'.
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
-- Column coverage_share: Share of the news slots of the period that are held, 0 to 1: the mean over n_days.
-- Column n_lists_covered: Lists of the source that cover the day, the least of the days of the period.
-- As in: marts.dyad_month
-- Example: FROM dyad_periods('marts.dyad_day', 'week') WHERE source_id = 'CHN' AND target_id = 'USA';
CREATE OR REPLACE MACRO dyad_periods(days, grain) AS TABLE
WITH placed AS (
    SELECT
        p.*,
        CASE lower(grain)
            WHEN 'day' THEN p.date
            WHEN 'week' THEN CAST(date_trunc('week', p.date) AS DATE)
            ELSE CAST(date_trunc('month', p.date) AS DATE)
        END AS first_day,
        CASE lower(grain)
            WHEN 'day' THEN p.date
            WHEN 'week' THEN CAST(date_trunc('week', p.date) AS DATE) + 6
            ELSE last_day(p.date)
        END AS last_day
    FROM query_table(days) AS p
    -- a table function's argument is evaluated even where no row matches: a wrong grain never passes for an empty panel
    CROSS JOIN range(
        CASE
            WHEN lower(grain) IN ('day', 'week', 'month') THEN 1
            ELSE CAST(
                error('dyad_periods: grain must be day, week or month, not ' || coalesce(CAST(grain AS VARCHAR), 'NULL'))
                AS BIGINT
            )
        END
    )
)
SELECT
    q.source_id,
    q.target_id,
    q.first_day AS date,
    q.last_day AS period_end,
    count(*) AS n_days,
    CAST(sum(q.n_events) AS BIGINT) AS n_events,
    CAST(sum(q.n_reports) AS BIGINT) AS n_reports,
    CAST(sum(q.n_verbal_cooperation) AS BIGINT) AS n_verbal_cooperation,
    CAST(sum(q.n_material_cooperation) AS BIGINT) AS n_material_cooperation,
    CAST(sum(q.n_verbal_conflict) AS BIGINT) AS n_verbal_conflict,
    CAST(sum(q.n_material_conflict) AS BIGINT) AS n_material_conflict,
    CAST(sum(q.n_goldstein) AS BIGINT) AS n_goldstein,
    CAST(sum(CAST(q.goldstein_sum AS DECIMAL(18, 4))) AS DOUBLE) AS goldstein_sum,
    CAST(sum(CAST(q.goldstein_pos_sum AS DECIMAL(18, 4))) AS DOUBLE) AS goldstein_pos_sum,
    CAST(sum(CAST(q.goldstein_neg_sum AS DECIMAL(18, 4))) AS DOUBLE) AS goldstein_neg_sum,
    CAST(sum(CAST(q.goldstein_sum AS DECIMAL(18, 4))) AS DOUBLE) / nullif(CAST(sum(q.n_goldstein) AS BIGINT), 0)
        AS goldstein_mean,
    CAST(sum(q.n_verbal_conflict + q.n_material_conflict) AS BIGINT) / nullif(CAST(sum(q.n_events) AS BIGINT), 0) AS conflict_share,
    CAST(sum(q.n_material_conflict) AS BIGINT) / nullif(CAST(sum(q.n_events) AS BIGINT), 0) AS material_conflict_share,
    -- no sum is 0 where a day of the period may have had one
    CAST(CASE WHEN count(q.n_listings_added) = count(*) THEN sum(q.n_listings_added) ELSE nullif(sum(q.n_listings_added), 0) END AS BIGINT)
        AS n_listings_added,
    CAST(
        CASE WHEN count(q.n_listings_removed) = count(*) THEN sum(q.n_listings_removed) ELSE nullif(sum(q.n_listings_removed), 0) END
        AS BIGINT
    ) AS n_listings_removed,
    arg_max(q.n_listings_in_force, q.date) AS n_listings_in_force,
    CAST(sum(CAST(q.coverage_share AS DECIMAL(18, 9))) AS DOUBLE) / count(*) AS coverage_share,
    CAST(sum(q.n_agree) AS BIGINT) AS n_agree,
    CAST(sum(q.n_consult) AS BIGINT) AS n_consult,
    CAST(sum(q.n_support) AS BIGINT) AS n_support,
    CAST(sum(q.n_concede) AS BIGINT) AS n_concede,
    CAST(sum(q.n_cooperate) AS BIGINT) AS n_cooperate,
    CAST(sum(q.n_aid) AS BIGINT) AS n_aid,
    CAST(sum(q.n_retreat) AS BIGINT) AS n_retreat,
    CAST(sum(q.n_request) AS BIGINT) AS n_request,
    CAST(sum(q.n_accuse) AS BIGINT) AS n_accuse,
    CAST(sum(q.n_reject) AS BIGINT) AS n_reject,
    CAST(sum(q.n_threaten) AS BIGINT) AS n_threaten,
    CAST(sum(q.n_protest) AS BIGINT) AS n_protest,
    CAST(sum(q.n_sanction) AS BIGINT) AS n_sanction,
    CAST(sum(q.n_mobilize) AS BIGINT) AS n_mobilize,
    CAST(sum(q.n_coerce) AS BIGINT) AS n_coerce,
    CAST(sum(q.n_assault) AS BIGINT) AS n_assault,
    CAST(sum(q.n_no_plover) AS BIGINT) AS n_no_plover,
    CAST(sum(q.n_economic_sanctions) AS BIGINT) AS n_economic_sanctions,
    CAST(sum(q.n_sanctions_eased) AS BIGINT) AS n_sanctions_eased,
    CAST(
        CASE
            WHEN count(q.n_listings_added_within_gap) = count(*) THEN sum(q.n_listings_added_within_gap)
            ELSE nullif(sum(q.n_listings_added_within_gap), 0)
        END AS BIGINT
    ) AS n_listings_added_within_gap,
    max(q.n_lists_held) AS n_lists_held,
    min(q.n_lists_covered) AS n_lists_covered,
    max(q.lists_vintage_date) AS lists_vintage_date,
    max(q.lists_vintage_age_days) AS lists_vintage_age_days,
    CAST(CASE WHEN count(q.n_official_acts) = count(*) THEN sum(q.n_official_acts) ELSE nullif(sum(q.n_official_acts), 0) END AS BIGINT)
        AS n_official_acts,
    arg_max(q.n_listings_target_unknown, q.date) AS n_listings_target_unknown
FROM placed AS q
GROUP BY q.source_id, q.target_id, q.first_day, q.last_day;
COMMENT ON MACRO TABLE dyad_periods IS 'Days of dyads summed by day, week or month: the one body of marts.dyad_month, dyad_panel and dyad_panel_as_known.';
