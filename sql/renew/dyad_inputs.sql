-- What each row of marts.dyad_day is made of, in place of the last SELECT of the macro dyad_days, which joins these and no others.
-- A row for each pair of states and span of days, pair and day, source, source and day, day; content: a hash of all that is read of it.
-- vintage: the day of the newest edition of the lists of a source (first_date), by which all of its rows are changed at once.
SELECT 'span' AS input, s.source_id, s.target_id, s.date AS first_date, s.date + CAST(s.n_days AS INTEGER) - 1 AS last_date, hash(s.n_in_force) AS content
FROM spans AS s
UNION ALL
-- what counted is made of: to count it takes ten times the memory
SELECT 'pair and day', t.source_id, t.target_id, t.date, t.date, hash(sum(hash(t))) FROM told AS t GROUP BY t.source_id, t.target_id, t.date
UNION ALL
SELECT 'pair and day', k.source_id, k.target_id, k.date, k.date, hash(k) FROM done AS k
UNION ALL
SELECT 'source', h.source_id, NULL, NULL, NULL, hash(h.n_held) FROM held_lists AS h
UNION ALL
SELECT 'vintage', h.source_id, NULL, h.vintage_date, NULL, hash(h.vintage_date) FROM held_lists AS h
UNION ALL
SELECT 'source', s.source_id, NULL, NULL, NULL, hash(s) FROM act_sorts AS s
UNION ALL
SELECT 'source and day', l.source_id, NULL, l.date, l.date, hash(l) FROM list_days AS l
UNION ALL
SELECT 'day', NULL, NULL, n.date, n.date, hash(n) FROM news_days AS n
UNION ALL
SELECT 'organisation', o.actor_id, NULL, NULL, NULL, hash(o.actor_id) FROM organisations AS o;
