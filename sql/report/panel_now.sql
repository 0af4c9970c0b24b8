-- The panel of both directions, by current knowledge.
SELECT
    p.source_id, p.target_id, p.date, p.period_end, p.n_days, p.coverage_share,
    p.n_events, p.n_verbal_cooperation, p.n_material_cooperation, p.n_verbal_conflict, p.n_material_conflict,
    p.n_goldstein, p.goldstein_mean, p.n_listings_added, p.n_listings_removed, p.n_listings_in_force,
    p.n_parties_in_force, p.n_listings_not_contradicted, p.lists_vintage_date
FROM dyad_panel($source, $target, $grain) AS p
WHERE p.period_end >= $since AND p.date <= $until
ORDER BY p.source_id, p.date;
