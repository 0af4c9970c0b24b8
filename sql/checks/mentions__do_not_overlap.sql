-- critical: Of overlapping names the longest counts: the next mention begins where the last one ended, or later.
-- table: core.mentions
SELECT article_id, char_start, char_end, next_start
FROM (
    SELECT article_id, char_start, char_end, lead(char_start) OVER (PARTITION BY article_id ORDER BY char_start) AS next_start
    FROM core.mentions
)
WHERE next_start < char_end
