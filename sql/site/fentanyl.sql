-- Fentanyl that either state found, by year, as known at a moment: seized at the borders of the United States (whole fiscal years), found by its
-- forensic laboratories (reports, with substances like it), and what states report to the UN of seizures.
SELECT s.actor_id, 'border' AS series, s.fiscal_year AS year, sum(s.quantity_kg) AS value, s.source
FROM core.drug_seizures AS s
WHERE s.actor_id IN ($source, $target) AND s.drug = 'Fentanyl' AND s.known_from <= $known AND (s.known_to IS NULL OR $known < s.known_to)
GROUP BY ALL
HAVING count(DISTINCT s.period_end) = 12
UNION ALL
SELECT 'USA', 'laboratories', year(h.period_end), sum(h.value), h.source
FROM core.drug_harms AS h
WHERE 'USA' IN ($source, $target) AND h.measure = 'drug_reports' AND h.known_from <= $known AND (h.known_to IS NULL OR $known < h.known_to)
GROUP BY ALL
UNION ALL
SELECT h.actor_id, 'reported', year(h.period_end), h.value, h.source
FROM core.drug_harms AS h
WHERE h.actor_id IN ($source, $target) AND h.measure = 'drugs_seized' AND h.substance = 'fentanyl' AND h.unit = 'kilograms'
    AND h.known_from <= $known AND (h.known_to IS NULL OR $known < h.known_to)
ORDER BY ALL;
