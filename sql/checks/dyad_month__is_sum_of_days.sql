-- critical: A month is the sum of its days.
-- table: marts.dyad_month
-- scope: build
WITH sums AS (
    SELECT
        source_id,
        target_id,
        last_day(date) AS period_end,
        CAST(sum(n_events) AS BIGINT) AS n_events,
        CAST(sum(n_reports) AS BIGINT) AS n_reports,
        CAST(sum(n_material_conflict) AS BIGINT) AS n_material_conflict,
        CAST(sum(n_sanction) AS BIGINT) AS n_sanction,
        CAST(sum(n_no_plover) AS BIGINT) AS n_no_plover,
        sum(goldstein_sum) AS goldstein_sum,
        CAST(CASE WHEN bool_and(n_listings_added IS NOT NULL) THEN sum(n_listings_added) ELSE nullif(sum(n_listings_added), 0) END AS BIGINT)
            AS n_listings_added,
        CAST(CASE WHEN bool_and(n_listings_removed IS NOT NULL) THEN sum(n_listings_removed) ELSE nullif(sum(n_listings_removed), 0) END AS BIGINT)
            AS n_listings_removed,
        CAST(sum(n_economic_sanctions) AS BIGINT) AS n_economic_sanctions,
        arg_max(n_listings_in_force, date) AS n_listings_in_force
    FROM marts.dyad_day
    GROUP BY ALL
)
SELECT m.source_id, m.target_id, m.period_end, m.n_events, s.n_events AS n_events_of_days
FROM marts.dyad_month AS m
FULL JOIN sums AS s USING (source_id, target_id, period_end)
WHERE m.n_events IS DISTINCT FROM s.n_events
    OR m.n_reports IS DISTINCT FROM s.n_reports
    OR m.n_material_conflict IS DISTINCT FROM s.n_material_conflict
    OR m.n_sanction IS DISTINCT FROM s.n_sanction
    OR m.n_no_plover IS DISTINCT FROM s.n_no_plover
    OR m.n_listings_added IS DISTINCT FROM s.n_listings_added
    OR m.n_listings_removed IS DISTINCT FROM s.n_listings_removed
    OR m.n_economic_sanctions IS DISTINCT FROM s.n_economic_sanctions
    OR m.n_listings_in_force IS DISTINCT FROM s.n_listings_in_force
    OR (m.goldstein_sum IS NULL) <> (s.goldstein_sum IS NULL)
    OR abs(m.goldstein_sum - s.goldstein_sum) > 0.000001
    OR m.source_id IS NULL;
