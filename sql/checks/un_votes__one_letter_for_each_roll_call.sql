-- critical: Of a session every state has a letter for each roll call, and votes in as many of them as is said.
-- table: core.un_votes
SELECT v.session, min(v.actor_id) AS one, max(v.actor_id) AS other, count(DISTINCT length(v.votes)) AS n_lengths
FROM core.un_votes AS v
WHERE v.known_to IS NULL
GROUP BY v.session
HAVING count(DISTINCT length(v.votes)) > 1 OR sum(length(replace(v.votes, '-', ''))) <> sum(v.n_votes)
