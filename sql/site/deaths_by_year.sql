-- Deaths by drugs of either state by calendar year, as known at a moment: the best count of the United States, apparent toxicity deaths of others.
SELECT o.actor_id, o.drug, o.year, o.deaths, o.basis, o.is_provisional, o.source
FROM overdose_best_as_known($known) AS o
WHERE o.actor_id IN ($source, $target) AND o.drug IN ('all', 'T40.4', 'T40.2,T40.3', 'T40.1', 'T40.5', 'T43.6') AND o.deaths IS NOT NULL
UNION ALL
SELECT h.actor_id, h.substance, year(h.period_end), h.value, 'apparent', true, h.source
FROM core.drug_harms AS h
WHERE h.actor_id IN ($source, $target)
    AND h.measure = 'apparent_deaths' AND h.unit = 'count' AND h.manner = 'all' AND h.value IS NOT NULL
    AND h.period_end = h.period_start + INTERVAL 1 YEAR - INTERVAL 1 DAY
    AND h.known_from <= $known AND (h.known_to IS NULL OR $known < h.known_to)
ORDER BY ALL;
