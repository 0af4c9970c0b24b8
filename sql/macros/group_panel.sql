-- The panel of a group of states and another state, both directions, by current knowledge: a party of several of its states counts once.
-- a: the state that stands for the group, an actor id or as people write it ('China'). members: VARCHAR[], the states counted with
-- it. b: the other state. grain: 'day', 'week' (Monday to Sunday), 'month', 'quarter' or 'year'. An actor that is not known is an error.
-- Result: the columns of dyad_panel. a stands for the group: its events and listings are those of all its states, what they do to each
-- other is left out.
-- Example: FROM group_panel('CHN', ['HKG', 'MAC'], 'USA', 'month');
CREATE OR REPLACE MACRO group_panel(a, members, b, grain) AS TABLE
WITH asked AS MATERIALIZED (
    SELECT
        coalesce(actor_named(a), a) AS one,
        coalesce(actor_named(b), b) AS other,
        (SELECT list(coalesce(actor_named(m.written), m.written)) FROM (SELECT unnest(members) AS written) AS m) AS members
),
events_of_group AS (
    SELECT
        e.* REPLACE (
            CASE WHEN list_contains(g.members, e.source_id) THEN g.one ELSE e.source_id END AS source_id,
            CASE WHEN list_contains(g.members, e.target_id) THEN g.one ELSE e.target_id END AS target_id
        )
    FROM marts.events_one_a_day AS e
    CROSS JOIN asked AS g
    WHERE list_contains(list_append(g.members, g.one), e.source_id) AND e.target_id = g.other
        OR list_contains(list_append(g.members, g.one), e.target_id) AND e.source_id = g.other
),
counts_of_group AS (
    SELECT
        e.* REPLACE (
            CASE WHEN list_contains(g.members, e.source_id) THEN g.one ELSE e.source_id END AS source_id,
            CASE WHEN list_contains(g.members, e.target_id) THEN g.one ELSE e.target_id END AS target_id
        )
    FROM marts.event_counts AS e
    CROSS JOIN asked AS g
    WHERE list_contains(list_append(g.members, g.one), e.source_id) AND e.target_id = g.other
        OR list_contains(list_append(g.members, g.one), e.target_id) AND e.source_id = g.other
),
listings_of_group AS (
    SELECT
        l.listing_id,
        CASE WHEN list_contains(g.members, l.source_id) THEN g.one ELSE l.source_id END AS source_id,
        CASE WHEN list_contains(g.members, l.target_id) THEN g.one ELSE l.target_id END AS target_id,
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
    CROSS JOIN asked AS g
    WHERE list_contains(g.members || [g.one, g.other], l.source_id) AND (l.target_id IS NULL OR list_contains(g.members || [g.one, g.other], l.target_id))
    GROUP BY ALL
),
acts_of_group AS (
    SELECT DISTINCT
        c.act_id,
        CASE WHEN list_contains(g.members, c.source_id) THEN g.one ELSE c.source_id END AS source_id,
        CASE WHEN list_contains(g.members, c.target_id) THEN g.one ELSE c.target_id END AS target_id,
        CASE WHEN c.basis = 'stated' THEN 'party' ELSE c.basis END AS basis,
        c.date,
        c.known_from
    FROM marts.official_act_dyads AS c
    CROSS JOIN asked AS g
    WHERE list_contains(g.members || [g.one, g.other], c.source_id) AND list_contains(g.members || [g.one, g.other], c.target_id)
),
spans_of_group AS (
    SELECT d.*
    FROM dyad_spans(
        'events_of_group', 'counts_of_group', 'listings_of_group', 'acts_of_group', (SELECT g.one FROM asked AS g),
        (SELECT g.other FROM asked AS g), end_of_time()
    ) AS d
)
SELECT p.*
FROM dyad_periods('spans_of_group', grain) AS p
WHERE (SELECT are_known([g.one, g.other] || g.members) FROM asked AS g)
ORDER BY p.date, p.source_id;
COMMENT ON MACRO TABLE group_panel IS 'The panel of a group of states and another state, both directions, by current knowledge: a party of several of its states counts once.';
