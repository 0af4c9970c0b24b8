-- The events of a pair of states, in either direction; of no pair, all.
-- events: name of a table (also of a WITH) with rows of core.events or core.event_days. a, b: the two states, actor ids or as people
-- write them ('US', 'China'); both NULL: all events.
-- Result: the columns of core.events, or of core.event_days.
-- Example: FROM events_of_pair('core.events', 'USA', 'CHN');
CREATE OR REPLACE MACRO events_of_pair(events, a, b) AS TABLE
WITH pair AS MATERIALIZED (
    SELECT coalesce(actor_named(a), a) AS one, coalesce(actor_named(b), b) AS other
)
-- sorted by the states: where each branch asks a column for one value, the rest is not read
SELECT e.*
FROM query_table(events) AS e
JOIN pair AS p ON p.one IS NULL AND p.other IS NULL
UNION ALL
SELECT e.*
FROM query_table(events) AS e
JOIN pair AS p ON p.one = e.source_country_id AND p.other = e.target_country_id
UNION ALL
SELECT e.*
FROM query_table(events) AS e
JOIN pair AS p ON p.other = e.source_country_id AND p.one = e.target_country_id AND p.one <> p.other
UNION ALL
-- bodies of the EU and the UN have no state
SELECT e.*
FROM query_table(events) AS e
JOIN pair AS p ON (p.one IN ('EU', 'UN') OR p.other IN ('EU', 'UN'))
    AND (e.source_country_id IS NULL OR e.target_country_id IS NULL)
    AND is_pair(dyad_side(e.source_id, e.source_country_id), dyad_side(e.target_id, e.target_country_id), p.one, p.other);
COMMENT ON MACRO TABLE events_of_pair IS 'The events of a pair of states, in either direction; of no pair, all.';
