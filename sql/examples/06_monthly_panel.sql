-- How did relations between the United States and China move from month to month, in the news and in sanctions?
-- How to read it: one row a direction and month. NULL events mean a gap in the news, 0 a quiet month; compare months only
-- with their coverage_share in view. n_listings_in_force is a stock at the month's end.
SELECT
    source_id,
    target_id,
    period_end,
    n_verbal_cooperation,
    n_material_cooperation,
    n_verbal_conflict,
    n_material_conflict,
    round(goldstein_mean, 2) AS goldstein_mean,
    n_listings_added,
    n_listings_removed,
    n_listings_in_force,
    round(coverage_share, 4) AS coverage_share
FROM dyad_panel('USA', 'CHN', 'month')
WHERE n_events > 0 OR n_listings_added > 0 OR n_listings_removed > 0
ORDER BY source_id DESC, period_end;
