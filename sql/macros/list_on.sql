-- The listings of one list against one state on a day, by current knowledge.
-- list: id of the list; one that is not known is an error. state: the target state, an actor id or as people write it ('China'). d: the
-- day (DATE or text), in the authority's time zone.
-- Result: the columns of listed_on; target_id, the state that was taken. Count with certainty = 'certain'.
-- Column target_id: The state that was taken.
-- As in: listed_on
-- Example: SELECT name, certainty FROM list_on('us_ofac_sdn', 'China', DATE '2023-11-15');
CREATE OR REPLACE MACRO list_on(list, state, d) AS TABLE
WITH asked AS (
    SELECT
        CASE
            WHEN EXISTS (FROM core.sanction_lists AS s WHERE s.list_id = list) THEN coalesce(actor_named(state), state)
            ELSE CAST(error('list_on: there is no list ' || list) AS VARCHAR)
        END AS target_id
),
targeted AS (
    SELECT DISTINCT t.listing_id, t.valid_from, a.target_id
    FROM marts.listing_dyads AS t
    JOIN asked AS a ON a.target_id = t.target_id
    WHERE t.list_id = list
)
SELECT l.*, t.target_id
FROM listed_on(d) AS l
JOIN targeted AS t ON t.listing_id = l.listing_id AND t.valid_from IS NOT DISTINCT FROM l.valid_from
WHERE (SELECT are_known([a.target_id]) FROM asked AS a)
ORDER BY l.name, l.listing_id;
COMMENT ON MACRO TABLE list_on IS 'The listings of one list against one state on a day, by current knowledge.';
