-- What would a panel of the United States and China have shown an analyst on 22 December 2023, and what has changed since?
-- How to read it: *_then is computed from what was known at the first instant of that day, *_now from what is known today. A
-- difference is news or an act that arrived later, or a record that was corrected.
SELECT
    source_id,
    target_id,
    n.period_end,
    t.n_events AS n_events_then,
    n.n_events AS n_events_now,
    t.n_listings_in_force AS n_in_force_then,
    n.n_listings_in_force AS n_in_force_now
FROM dyad_panel('USA', 'CHN', 'month') AS n
LEFT JOIN dyad_panel_as_known('USA', 'CHN', 'month', DATE '2023-12-22') AS t USING (source_id, target_id, date)
WHERE n.period_end BETWEEN DATE '2023-06-30' AND DATE '2023-12-31'
ORDER BY source_id DESC, n.period_end;
