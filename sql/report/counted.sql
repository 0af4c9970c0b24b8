-- How many events of the pair are counted by day alone, in the period and as known at a moment: single ones are not kept.
SELECT CAST(coalesce(sum(d.n_rows), 0) AS BIGINT) AS n_events
FROM core.event_days AS d
WHERE is_dyad(d, $source, $target)
    AND d.known_from <= $known
    AND d.event_date BETWEEN $since AND $until;
