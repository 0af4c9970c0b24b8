-- Where two states stood in the UN General Assembly by their votes of a session, as known at a moment: one vintage, never two mixed.
-- known: the moment, UTC; a DATE is its first instant.
-- Result: one row per directed dyad and session in which both voted; the same figures in both directions but for source and target.
-- Column source_id: One state.
-- Column target_id: The other.
-- Column year: Year in which the session began.
-- Column ideal_point_source: Ideal point of the source (core.un_ideal_points).
-- Column ideal_point_target: Ideal point of the target.
-- Column ideal_point_distance: Distance of the two, 0 or more: how far apart they stood.
-- Column agreement: Share of roll calls in which both voted alike, 0 to 1; NULL where neither is one of the six powers of core.un_agreement, or the vintage holds none.
-- As in: core.un_ideal_points
-- Example: SELECT year, ideal_point_distance, agreement FROM un_dyads_as_known(DATE '2025-01-01') WHERE source_id = 'USA' AND target_id = 'CHN' ORDER BY year;
CREATE OR REPLACE MACRO un_dyads_as_known(known) AS TABLE
WITH points AS (
    SELECT p.actor_id, p.session, p.year, p.ideal_point
    FROM core.un_ideal_points AS p
    WHERE p.known_from <= CAST(known AS TIMESTAMP) AND (p.known_to IS NULL OR CAST(known AS TIMESTAMP) < p.known_to)
),
shares AS (
    SELECT g.actor_id, g.partner_id, g.session, g.agreement
    FROM core.un_agreement AS g
    WHERE g.known_from <= CAST(known AS TIMESTAMP) AND (g.known_to IS NULL OR CAST(known AS TIMESTAMP) < g.known_to)
),
alike AS (
    SELECT s.actor_id, s.partner_id, s.session, s.agreement FROM shares AS s
    UNION
    SELECT s.partner_id, s.actor_id, s.session, s.agreement FROM shares AS s
)
SELECT
    a.actor_id AS source_id,
    b.actor_id AS target_id,
    a.session,
    a.year,
    a.ideal_point AS ideal_point_source,
    b.ideal_point AS ideal_point_target,
    abs(a.ideal_point - b.ideal_point) AS ideal_point_distance,
    g.agreement
FROM points AS a
JOIN points AS b ON b.session = a.session AND b.actor_id <> a.actor_id
LEFT JOIN alike AS g ON g.actor_id = a.actor_id AND g.partner_id = b.actor_id AND g.session = a.session;
COMMENT ON MACRO TABLE un_dyads_as_known IS 'Where two states stood in the UN General Assembly by their votes of a session, as known at a moment: one vintage, never two mixed.';
