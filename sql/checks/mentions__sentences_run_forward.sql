-- critical: A later mention is never in an earlier sentence.
-- table: core.mentions
SELECT article_id, char_start, sentence, next_sentence
FROM (
    SELECT article_id, char_start, sentence, lead(sentence) OVER (PARTITION BY article_id ORDER BY char_start) AS next_sentence
    FROM core.mentions
)
WHERE next_sentence < sentence
