-- Events between two actors, in both directions.
-- a, b: actor ids: states (USA), or finer actors (USA.BIS); one that is not known is an error.
-- Where GDELT's events between them are counted by day alone, that is said as an error.
-- Result: the columns of core.events, of every modality and date precision, undated events last.
-- Example: SELECT event_date, cameo_code, evidence FROM events_between('USA', 'CHN') WHERE event_date = DATE '2023-11-15';
CREATE OR REPLACE MACRO events_between(a, b) AS TABLE
WITH found AS (
    -- core.events is sorted by the two states: where each branch asks one column for one value, the rest is not read
    SELECT e.* FROM core.events AS e
    WHERE e.source_country_id = a AND b IN (e.target_id, dyad_side(e.target_id, e.target_country_id))
    UNION ALL
    SELECT e.* FROM core.events AS e
    WHERE a IN (e.source_id, dyad_side(e.source_id, e.source_country_id)) AND e.source_country_id IS DISTINCT FROM a
        AND b IN (e.target_id, dyad_side(e.target_id, e.target_country_id))
    UNION ALL
    SELECT e.* FROM core.events AS e
    WHERE e.source_country_id = b AND a IN (e.target_id, dyad_side(e.target_id, e.target_country_id))
        -- not what the branches above have: an act of a body on its own state, or of a state on itself
        AND NOT (a IN (e.source_id, dyad_side(e.source_id, e.source_country_id)) AND b IN (e.target_id, dyad_side(e.target_id, e.target_country_id))) IS TRUE
    UNION ALL
    SELECT e.* FROM core.events AS e
    WHERE b IN (e.source_id, dyad_side(e.source_id, e.source_country_id)) AND e.source_country_id IS DISTINCT FROM b
        AND a IN (e.target_id, dyad_side(e.target_id, e.target_country_id))
        AND NOT (a IN (e.source_id, dyad_side(e.source_id, e.source_country_id)) AND b IN (e.target_id, dyad_side(e.target_id, e.target_country_id))) IS TRUE
)
SELECT f.*
FROM found AS f
-- any actor will do, but one that is not known is a slip
WHERE (
        SELECT is_known_pair(u.x, u.y)
        FROM (
            SELECT
                CASE WHEN a NOT IN (SELECT k.actor_id FROM core.actors AS k) THEN a END AS x,
                CASE WHEN b NOT IN (SELECT k.actor_id FROM core.actors AS k) THEN b END AS y
        ) AS u
    )
    AND (SELECT are_kept(a, b))
ORDER BY f.event_date NULLS LAST, f.event_id;
COMMENT ON MACRO TABLE events_between IS 'Events between two actors, in both directions.';
