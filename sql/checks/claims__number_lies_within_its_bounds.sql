-- critical: The number that a claim states lies within the values that it admits, or on their edge.
-- table: core.claims
-- rows: article_id, char_start
SELECT * FROM core.claims AS c WHERE c.number < c.low - 1e-9 OR c.number > c.high + 1e-9
