-- critical: country_id of a mention is the state to which the actor belongs.
-- table: core.mentions
-- rows: article_id, char_start
-- scope: build
SELECT m.article_id, m.char_start, m.actor_id, m.country_id, a.country_id AS expected
FROM core.mentions AS m
JOIN core.actors AS a USING (actor_id)
WHERE m.country_id IS DISTINCT FROM a.country_id
