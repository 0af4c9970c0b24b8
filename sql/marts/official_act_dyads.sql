-- An official act and one directed pair of states in which it counts.
-- grain: act_id, source_id, target_id
CREATE TABLE marts.official_act_dyads AS
WITH directed AS (
    SELECT a.act_id, state_of(n) AS source_id, s.state_id AS target_id, CAST(NULL AS VARCHAR) AS listing_id, s.basis
    FROM core.official_acts AS a
    JOIN core.actors AS n ON n.actor_id = a.authority_id
    JOIN core.official_act_states AS s ON s.act_id = a.act_id
    UNION ALL
    -- held, of talks and agreements, by both
    SELECT a.act_id, s.state_id, state_of(n), NULL, s.basis
    FROM core.official_acts AS a
    JOIN core.actors AS n ON n.actor_id = a.authority_id
    JOIN core.official_act_states AS s ON s.act_id = a.act_id
    WHERE a.sort IN ('dialogue', 'agreement') AND a.effect = 'cooperation'
    UNION ALL
    SELECT c.act_id, d.source_id, d.target_id, d.listing_id, 'party'
    FROM core.official_act_events AS c
    JOIN marts.listing_dyads AS d ON d.listing_id = c.listing_id
    WHERE d.target_id IS NOT NULL
)
SELECT
    d.act_id,
    d.source_id,
    d.target_id,
    arg_min(d.basis, list_position(['party', 'stated', 'concerns', 'named'], d.basis)) AS basis,
    nullif(count(DISTINCT d.listing_id), 0) AS n_parties,
    any_value(a.date) AS date,
    any_value(a.known_from) AS known_from
FROM directed AS d
JOIN core.official_acts AS a ON a.act_id = d.act_id
WHERE d.source_id <> d.target_id
GROUP BY d.act_id, d.source_id, d.target_id
ORDER BY source_id, target_id, date, act_id;
COMMENT ON TABLE marts.official_act_dyads IS 'Official acts by directed dyad: the state of the authority, and each state at which the act is directed, of whose parties it names, or which it concerns. Talks and agreements count in both directions. What a mirror of a list repeats is left out, as in marts.listing_dyads. Acts directed at no state (scheduling at home) are in core.official_acts only.';
COMMENT ON COLUMN marts.official_act_dyads.act_id IS 'The act, in core.official_acts.';
COMMENT ON COLUMN marts.official_act_dyads.source_id IS 'The state, or organisation, of the authority.';
COMMENT ON COLUMN marts.official_act_dyads.target_id IS 'The other state.';
COMMENT ON COLUMN marts.official_act_dyads.basis IS 'party: parties of this state are named. stated: the act names the state as its object or the other side. concerns: done with regard to it. named: title or summary of the document name it.';
COMMENT ON COLUMN marts.official_act_dyads.n_parties IS 'Listings held of this state that the act changed; NULL where none are held.';
COMMENT ON COLUMN marts.official_act_dyads.date IS 'The day of the act, in the authority''s time zone.';
COMMENT ON COLUMN marts.official_act_dyads.known_from IS 'When the act could first be known, UTC.';
