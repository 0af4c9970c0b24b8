-- Additional duties of each of the two states on goods of the other as spans of days, of measures that began before a moment.
SELECT d.source_id, d.target_id, d.from_date, d.to_date, d.rate_low, d.rate_high, array_to_string(d.measures, ', ') AS measures
FROM marts.duty_spans AS d
WHERE ((d.source_id = $source AND d.target_id = $target) OR (d.source_id = $target AND d.target_id = $source)) AND d.from_date < $known
ORDER BY d.source_id DESC, d.from_date;
