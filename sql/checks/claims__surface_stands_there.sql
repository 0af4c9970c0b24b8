-- critical: The characters of a claim, counted in title, line break, text, are the number as written, and lie in its sentence.
-- table: core.claims
-- rows: article_id, char_start
SELECT c.article_id, c.char_start, c.char_end, c.surface, c.evidence
FROM core.claims AS c
LEFT JOIN core.articles AS a USING (article_id)
WHERE c.surface IS DISTINCT FROM
      substring(coalesce(a.title || chr(10), '') || coalesce(a.text, ''), c.char_start + 1, c.char_end - c.char_start)
    OR NOT contains(c.evidence, c.surface)
