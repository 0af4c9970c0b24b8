-- warning: The Bureau published no standard one-year estimate of 2020: a file that says so has another year or survey in its name.
-- table: core.populations
SELECT * FROM core.populations WHERE series = 'acs1' AND year = 2020
