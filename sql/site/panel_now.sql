-- The panel of both directions, by current knowledge.
SELECT
    p.source_id, p.target_id, p.date, p.period_end, p.coverage_share,
    p.n_events, p.n_verbal_cooperation, p.n_material_cooperation, p.n_verbal_conflict, p.n_material_conflict, p.goldstein_mean
FROM dyad_panel($source, $target, $grain) AS p
ORDER BY p.source_id, p.date;
