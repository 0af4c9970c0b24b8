-- critical: Every coded event can be traced to its words: the evidence is the text at its place in title, line break, text.
-- table: core.events
-- rows: event_id
SELECT e.event_id, e.article_id, e.evidence_start, e.evidence_end, e.evidence
FROM core.events AS e
LEFT JOIN core.articles AS a USING (article_id)
WHERE e.evidence IS NOT NULL
  AND e.evidence IS DISTINCT FROM
      substring(coalesce(a.title || chr(10), '') || coalesce(a.text, ''), e.evidence_start + 1, e.evidence_end - e.evidence_start)
