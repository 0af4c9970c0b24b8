-- critical: Days, weeks and months of a dyad have the same sums and end with the same stocks: no day is lost or counted twice where a period ends.
-- table: marts.dyad_day
-- scope: build
WITH sums AS (
    SELECT
        'day' AS grain,
        source_id,
        target_id,
        sum(to_date - from_date) AS n_days,
        sum(n_events * (to_date - from_date)) AS n_events,
        sum(n_reports * (to_date - from_date)) AS n_reports,
        sum(n_verbal_cooperation * (to_date - from_date)) AS n_verbal_cooperation,
        sum(n_material_cooperation * (to_date - from_date)) AS n_material_cooperation,
        sum(n_verbal_conflict * (to_date - from_date)) AS n_verbal_conflict,
        sum(n_material_conflict * (to_date - from_date)) AS n_material_conflict,
        sum(n_goldstein * (to_date - from_date)) AS n_goldstein,
        sum(n_no_plover * (to_date - from_date)) AS n_no_plover,
        sum(n_economic_sanctions * (to_date - from_date)) AS n_economic_sanctions,
        sum(n_sanctions_eased * (to_date - from_date)) AS n_sanctions_eased,
        sum(CAST(goldstein_sum AS DECIMAL(18, 4)) * (to_date - from_date)) AS goldstein_sum,
        -- a period that may have had one has no 0
        coalesce(sum(n_listings_added * (to_date - from_date)), 0) AS n_listings_added,
        coalesce(sum(n_listings_removed * (to_date - from_date)), 0) AS n_listings_removed,
        coalesce(sum(n_listings_added_within_gap * (to_date - from_date)), 0) AS n_listings_added_within_gap,
        coalesce(sum(n_official_acts * (to_date - from_date)), 0) AS n_official_acts,
        arg_max(n_listings_in_force, from_date) AS n_listings_in_force,
        arg_max(n_listings_target_unknown, from_date) AS n_listings_target_unknown
    FROM marts.dyad_spans
    GROUP BY ALL
    UNION ALL
    SELECT
        'week' AS grain,
        source_id,
        target_id,
        sum(n_days) AS n_days,
        sum(n_events) AS n_events,
        sum(n_reports) AS n_reports,
        sum(n_verbal_cooperation) AS n_verbal_cooperation,
        sum(n_material_cooperation) AS n_material_cooperation,
        sum(n_verbal_conflict) AS n_verbal_conflict,
        sum(n_material_conflict) AS n_material_conflict,
        sum(n_goldstein) AS n_goldstein,
        sum(n_no_plover) AS n_no_plover,
        sum(n_economic_sanctions) AS n_economic_sanctions,
        sum(n_sanctions_eased) AS n_sanctions_eased,
        sum(CAST(goldstein_sum AS DECIMAL(18, 4))) AS goldstein_sum,
        -- a period that may have had one has no 0
        coalesce(sum(n_listings_added), 0) AS n_listings_added,
        coalesce(sum(n_listings_removed), 0) AS n_listings_removed,
        coalesce(sum(n_listings_added_within_gap), 0) AS n_listings_added_within_gap,
        coalesce(sum(n_official_acts), 0) AS n_official_acts,
        arg_max(n_listings_in_force, period_end) AS n_listings_in_force,
        arg_max(n_listings_target_unknown, period_end) AS n_listings_target_unknown
    FROM dyad_periods('marts.dyad_spans', 'week')
    GROUP BY ALL
    UNION ALL
    SELECT
        'month' AS grain,
        source_id,
        target_id,
        sum(n_days) AS n_days,
        sum(n_events) AS n_events,
        sum(n_reports) AS n_reports,
        sum(n_verbal_cooperation) AS n_verbal_cooperation,
        sum(n_material_cooperation) AS n_material_cooperation,
        sum(n_verbal_conflict) AS n_verbal_conflict,
        sum(n_material_conflict) AS n_material_conflict,
        sum(n_goldstein) AS n_goldstein,
        sum(n_no_plover) AS n_no_plover,
        sum(n_economic_sanctions) AS n_economic_sanctions,
        sum(n_sanctions_eased) AS n_sanctions_eased,
        sum(CAST(goldstein_sum AS DECIMAL(18, 4))) AS goldstein_sum,
        -- a period that may have had one has no 0
        coalesce(sum(n_listings_added), 0) AS n_listings_added,
        coalesce(sum(n_listings_removed), 0) AS n_listings_removed,
        coalesce(sum(n_listings_added_within_gap), 0) AS n_listings_added_within_gap,
        coalesce(sum(n_official_acts), 0) AS n_official_acts,
        arg_max(n_listings_in_force, period_end) AS n_listings_in_force,
        arg_max(n_listings_target_unknown, period_end) AS n_listings_target_unknown
    FROM marts.dyad_month
    GROUP BY ALL
)
SELECT source_id, target_id, list(n_events ORDER BY grain) AS n_events, list(n_listings_in_force ORDER BY grain) AS n_listings_in_force
FROM sums
GROUP BY source_id, target_id
HAVING count(*) <> 3
    OR count(DISTINCT row(n_days, n_events, n_reports, n_verbal_cooperation, n_material_cooperation, n_verbal_conflict, n_material_conflict, n_goldstein, n_no_plover)) > 1
    OR count(DISTINCT row(n_economic_sanctions, n_sanctions_eased, goldstein_sum, n_listings_added, n_listings_removed, n_listings_added_within_gap, n_official_acts, n_listings_in_force, n_listings_target_unknown)) > 1;
