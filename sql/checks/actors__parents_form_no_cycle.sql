-- critical: Nobody is part of itself, over any number of steps: a walk up the parents must end.
-- table: core.actors
WITH RECURSIVE up AS (
    SELECT actor_id, parent_id, 1 AS n_steps FROM core.actors WHERE parent_id IS NOT NULL
    UNION ALL
    SELECT up.actor_id, p.parent_id, up.n_steps + 1
    FROM up JOIN core.actors AS p ON p.actor_id = up.parent_id
    WHERE p.parent_id IS NOT NULL AND up.n_steps < 20 AND up.parent_id <> up.actor_id
)
SELECT actor_id, min(n_steps) AS n_steps
FROM up
WHERE parent_id = actor_id OR n_steps >= 20
GROUP BY actor_id
