-- The names of the two states, and the first and last day of the panel of the pair; no row where the panel has no such pair.
SELECT
    (SELECT a.name FROM core.actors AS a WHERE a.actor_id = $source) AS source_name,
    (SELECT a.name FROM core.actors AS a WHERE a.actor_id = $target) AS target_name,
    (SELECT min(d.date) FROM marts.dyad_day AS d WHERE d.source_id IN ($source, $target) AND d.target_id IN ($source, $target))
        AS since,
    (SELECT max(d.date) FROM marts.dyad_day AS d WHERE d.source_id IN ($source, $target) AND d.target_id IN ($source, $target))
        AS until;
