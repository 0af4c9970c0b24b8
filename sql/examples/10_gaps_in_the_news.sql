-- For which days is there no news of the United States and China, so that no event must not be read as quiet?
-- How to read it: each row is a run of days without any slot of any source, between the first and the last day with news.
-- A day of which only some slots are available is no row here, but has its share in core.news_coverage: no quiet day either.
WITH held AS (
    SELECT date FROM core.news_coverage WHERE coverage_share > 0 AND covers = 'events'
    UNION
    SELECT date FROM core.news_pair_coverage WHERE low_id = 'CHN' AND high_id = 'USA'
)
SELECT date + 1 AS first_missing, next_held - 1 AS last_missing, next_held - date - 1 AS n_days
FROM (SELECT date, lead(date) OVER (ORDER BY date) AS next_held FROM held)
WHERE next_held > date + 1
ORDER BY first_missing;
