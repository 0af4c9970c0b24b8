-- critical: coverage_share is the share of a day's slots that are available: a missing slot is a gap, not a quiet quarter of an hour.
-- table: core.news_coverage
-- rows: source, date
SELECT source, date, n_slots, n_slots_expected, coverage_share
FROM core.news_coverage
WHERE abs(coverage_share - n_slots / n_slots_expected) > 1e-9
