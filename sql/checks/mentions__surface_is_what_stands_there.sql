-- critical: The characters of a mention, counted in title, line break, text, are the words that name the actor.
-- table: core.mentions
-- rows: article_id, char_start
SELECT m.article_id, m.char_start, m.char_end, m.surface
FROM core.mentions AS m
LEFT JOIN core.articles AS a USING (article_id)
WHERE m.surface IS DISTINCT FROM
      substring(coalesce(a.title || chr(10), '') || coalesce(a.text, ''), m.char_start + 1, m.char_end - m.char_start)
