-- Events between two actors, in both directions.
-- a, b: actor ids: states (USA), or finer actors (USA.BIS); one that is not known is an error.
-- Result: the columns of core.events, of every modality and date precision, undated events last.
-- Example: SELECT event_date, cameo_code, evidence FROM events_between('USA', 'CHN') WHERE event_date = DATE '2023-11-15';
CREATE OR REPLACE MACRO events_between(a, b) AS TABLE
SELECT e.*
FROM core.events AS e
WHERE (
        (a IN (e.source_country_id, e.source_id) AND b IN (e.target_country_id, e.target_id))
        OR (b IN (e.source_country_id, e.source_id) AND a IN (e.target_country_id, e.target_id))
    )
    -- any actor will do, but one that is not known is a slip
    AND (
        SELECT is_known_pair(u.x, u.y)
        FROM (
            SELECT
                CASE WHEN a NOT IN (SELECT k.actor_id FROM core.actors AS k) THEN a END AS x,
                CASE WHEN b NOT IN (SELECT k.actor_id FROM core.actors AS k) THEN b END AS y
        ) AS u
    )
ORDER BY e.event_date NULLS LAST, e.event_id;
COMMENT ON MACRO TABLE events_between IS 'Events between two actors, in both directions.';
