-- critical: Every county and period has exactly one open row from its first vintage on (a withdrawn one a NULL row), else what is known today has two answers or none.
-- table: core.county_overdoses
SELECT source, fips, period_end, count(*) FILTER (known_to IS NULL) AS n_open
FROM core.county_overdoses
GROUP BY ALL
HAVING n_open <> 1
