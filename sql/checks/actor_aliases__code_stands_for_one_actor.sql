-- critical: A code or a country name stands for exactly one actor, whatever its case: else rows double when a source is joined by it.
-- table: core.actor_aliases
SELECT scheme, lower(alias) AS alias, count(*) AS n_rows, list(DISTINCT actor_id ORDER BY actor_id) AS actors
FROM core.actor_aliases
WHERE scheme <> 'surface'
GROUP BY ALL
HAVING count(*) > 1
