-- Deaths over twelve months in either state: as known at a moment, as first known, as known now, and between which values all
-- versions held have moved.
WITH versions AS (
    SELECT o.*
    FROM core.overdose_observations AS o
    WHERE o.actor_id IN ($source, $target)
        AND o.measure = 'deaths_12m'
        AND o.drug IN ('all', 'T40.4')
        AND o.basis = 'predicted'
)
SELECT
    v.actor_id, v.drug, v.period_end,
    max(v.value) FILTER (v.known_from <= $known AND (v.known_to IS NULL OR $known < v.known_to)) AS known_then,
    arg_min(v.value, v.known_from) FILTER (v.value IS NOT NULL) AS first_known,
    max(v.value) FILTER (v.known_to IS NULL) AS known_now,
    min(v.value) AS lowest,
    max(v.value) AS highest,
    count(v.value) AS n_versions,
    min(v.known_from) AS first_known_from
FROM versions AS v
GROUP BY ALL
ORDER BY v.actor_id, v.drug DESC, v.period_end;
