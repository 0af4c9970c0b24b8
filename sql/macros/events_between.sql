-- Events between two actors, in both directions.
-- a, b: actor ids or as people write them ('US', 'China'): states, or finer actors (USA.BIS); one that is not known is an error.
-- Where GDELT's events between them are counted by day alone, that is said as an error.
-- Result: the columns of core.events, of every modality and date precision, undated events last.
-- Example: SELECT event_date, cameo_code, evidence FROM events_between('USA', 'CHN') WHERE event_date = DATE '2023-11-15';
CREATE OR REPLACE MACRO events_between(a, b) AS TABLE
WITH pair AS MATERIALIZED (
    SELECT coalesce(actor_named(a), a) AS one, coalesce(actor_named(b), b) AS other
),
sides AS (
    SELECT p.one AS source, p.other AS target FROM pair AS p
    UNION
    SELECT p.other, p.one FROM pair AS p
),
of_states AS (
    -- core.events is sorted by the two states: where a column is asked for one value, the rest is not read
    SELECT e.*
    FROM core.events AS e
    SEMI JOIN sides AS s ON s.source = e.source_country_id AND s.target IN (e.target_id, dyad_side(e.target_id, e.target_country_id))
),
of_bodies AS (
    SELECT e.*
    FROM core.events AS e
    SEMI JOIN sides AS s ON s.source IN (e.source_id, dyad_side(e.source_id, NULL))
        AND s.target IN (e.target_id, dyad_side(e.target_id, e.target_country_id))
        AND (s.source = e.source_id OR e.source_country_id IS NULL)
)
SELECT f.*
FROM (
    SELECT o.* FROM of_states AS o
    UNION ALL
    SELECT o.* FROM of_bodies AS o ANTI JOIN of_states AS s ON s.event_id = o.event_id
) AS f
-- any actor will do, but one that is not known is a slip
WHERE (
        SELECT
            is_known_pair(
                CASE WHEN p.one NOT IN (SELECT k.actor_id FROM core.actors AS k) THEN p.one END,
                CASE WHEN p.other NOT IN (SELECT k.actor_id FROM core.actors AS k) THEN p.other END
            )
            AND are_kept(p.one, p.other)
        FROM pair AS p
    )
ORDER BY f.event_date NULLS LAST, f.event_id;
COMMENT ON MACRO TABLE events_between IS 'Events between two actors, in both directions.';
