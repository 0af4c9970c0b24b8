-- The panel of both directions, as known at a moment.
SELECT
    p.source_id, p.target_id, p.date, p.period_end, p.coverage_share,
    p.n_events, p.n_verbal_cooperation, p.n_material_cooperation, p.n_verbal_conflict, p.n_material_conflict, p.goldstein_mean
FROM dyad_panel_as_known($source, $target, $grain, $known) AS p
ORDER BY p.source_id, p.date;
