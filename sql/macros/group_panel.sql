-- The panel of a group of states and another state, both directions, by current knowledge: a party of several of its states counts once.
-- a: actor id of the state that stands for the group. members: VARCHAR[], the states counted with it. b: the other state. grain: 'day',
-- 'week' (Monday to Sunday), 'month', 'quarter' or 'year'. An actor that is not known is an error.
-- Result: the columns of dyad_panel. a stands for the group: its events and listings are those of all its states, what they do to each
-- other is left out.
-- Example: FROM group_panel('CHN', ['HKG', 'MAC'], 'USA', 'month');
CREATE OR REPLACE MACRO group_panel(a, members, b, grain) AS TABLE
WITH events_of_group AS (
    SELECT
        e.* REPLACE (
            CASE WHEN list_contains(members, e.source_id) THEN a ELSE e.source_id END AS source_id,
            CASE WHEN list_contains(members, e.target_id) THEN a ELSE e.target_id END AS target_id
        )
    FROM marts.events_one_a_day AS e
    WHERE list_contains(list_append(members, a), e.source_id) AND e.target_id = b
        OR list_contains(list_append(members, a), e.target_id) AND e.source_id = b
),
counts_of_group AS (
    SELECT
        e.* REPLACE (
            CASE WHEN list_contains(members, e.source_id) THEN a ELSE e.source_id END AS source_id,
            CASE WHEN list_contains(members, e.target_id) THEN a ELSE e.target_id END AS target_id
        )
    FROM marts.event_counts AS e
    WHERE list_contains(list_append(members, a), e.source_id) AND e.target_id = b
        OR list_contains(list_append(members, a), e.target_id) AND e.source_id = b
),
listings_of_group AS (
    SELECT
        l.listing_id,
        CASE WHEN list_contains(members, l.source_id) THEN a ELSE l.source_id END AS source_id,
        CASE WHEN list_contains(members, l.target_id) THEN a ELSE l.target_id END AS target_id,
        l.certain_from,
        l.certain_to,
        l.valid_from,
        l.valid_to,
        l.is_within_gap,
        l.actor_id,
        l.party_type,
        l.valid_from_earliest,
        l.seen_from,
        l.list_vintage_date,
        bool_and(l.is_by_link) AS is_by_link
    FROM marts.listing_dyads AS l
    WHERE list_contains(members || [a, b], l.source_id) AND (l.target_id IS NULL OR list_contains(members || [a, b], l.target_id))
    GROUP BY ALL
),
acts_of_group AS (
    SELECT DISTINCT
        c.act_id,
        CASE WHEN list_contains(members, c.source_id) THEN a ELSE c.source_id END AS source_id,
        CASE WHEN list_contains(members, c.target_id) THEN a ELSE c.target_id END AS target_id,
        CASE WHEN c.basis = 'stated' THEN 'party' ELSE c.basis END AS basis,
        c.date,
        c.known_from
    FROM marts.official_act_dyads AS c
    WHERE list_contains(members || [a, b], c.source_id) AND list_contains(members || [a, b], c.target_id)
),
spans_of_group AS (
    SELECT d.* FROM dyad_spans('events_of_group', 'counts_of_group', 'listings_of_group', 'acts_of_group', a, b, end_of_time()) AS d
)
SELECT p.*
FROM dyad_periods('spans_of_group', grain) AS p
WHERE (SELECT are_known([a, b] || members))
ORDER BY p.date, p.source_id;
COMMENT ON MACRO TABLE group_panel IS 'The panel of a group of states and another state, both directions, by current knowledge: a party of several of its states counts once.';
