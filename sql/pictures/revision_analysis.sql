-- Revision of the count of overdose deaths since its first version.
-- Sums of twelve months in the United States by their last month, as a share of the first version held: 0.05 is five percent more now.
SELECT r.period_end AS day, r.basis AS series, r.revision_share AS value
FROM marts.revision_analysis AS r
WHERE r.source = 'us_cdc_vsrr' AND r.actor_id = 'USA' AND r.measure = 'deaths_12m' AND r.drug = 'all' AND r.n_revisions > 0
ORDER BY ALL;
