-- Numeric claims on either state, or of one on the other, with what was known when they were made and what is known now.
SELECT
    j.article_id, j.char_start, j.published_on, a.outlet, a.title, a.url, j.evidence, j.surface, j.measure, j.drug, j.unit,
    coalesce(j.actor_id, j.source_id || coalesce(' to ' || j.target_id, '')) AS whose,
    j.number, j.low, j.high, j.comparator, j.period_rule,
    j.verdict, j.reason, j.figure, j.figure_from, j.figure_to, j.basis, j.source, j.vintage_date, j.vintage_age_days,
    j.verdict_now, j.reason_now, j.figure_now, j.figure_now_from, j.figure_now_to, j.basis_now, j.source_now, j.vintage_date_now
FROM marts.claims_judged AS j
JOIN core.articles AS a ON a.article_id = j.article_id
WHERE j.known_from <= $known
    AND (
        j.actor_id IN ($source, $target)
        OR (j.source_id = $source AND coalesce(j.target_id, $target) = $target)
        OR (j.source_id = $target AND coalesce(j.target_id, $source) = $source)
    )
ORDER BY j.published_on DESC, j.article_id, j.char_start;
