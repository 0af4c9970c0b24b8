-- States and organisations that stand in a pair, and bodies that act: their names and the two letters of states.
SELECT a.actor_id, a.name, min(i.alias) AS iso2
FROM core.actors AS a
LEFT JOIN core.actor_aliases AS i ON i.actor_id = a.actor_id AND i.scheme = 'iso2'
WHERE a.actor_id IN (
    SELECT unnest([d.source_id, d.target_id]) FROM marts.dyad_month AS d
    UNION
    SELECT unnest([d.source_id, d.target_id]) FROM marts.official_act_dyads AS d
    UNION
    SELECT o.authority_id FROM core.official_acts AS o
)
GROUP BY a.actor_id, a.name
ORDER BY a.actor_id;
