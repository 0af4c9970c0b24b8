-- Official acts by directed dyad: the one body of marts.official_act_dyads and of the acts in panels as known.
-- listings: name of a table (also of a WITH) that holds what marts.listing_dyads holds, as known at the moment. known: the moment, UTC;
-- a DATE is its first instant.
-- Result: the columns of marts.official_act_dyads. Only acts, and changes of listings, known at or before the moment are read.
-- Example: FROM act_dyads('marts.listing_dyads', end_of_time()) WHERE source_id = 'USA' AND target_id = 'CHN';
CREATE OR REPLACE MACRO act_dyads(listings, known) AS TABLE
WITH acts_then AS (
    SELECT a.act_id, a.sort, a.effect, a.date, a.known_from, state_of(n) AS source_id
    FROM core.official_acts AS a
    JOIN core.actors AS n ON n.actor_id = a.authority_id
    -- antidumping and countervailing duties are cases of firms, and no acts between the states; what changed on a list between two
    -- editions that lie more than a month apart is what many acts did, and none of the later one's day
    WHERE a.known_from <= CAST(known AS TIMESTAMP) AND a.sort <> 'trade_remedy' AND coalesce(a.date - a.date_earliest, 0) <= 31
),
directed AS (
    SELECT a.act_id, a.source_id, s.state_id AS target_id, CAST(NULL AS VARCHAR) AS listing_id, s.basis
    FROM acts_then AS a
    JOIN core.official_act_states AS s ON s.act_id = a.act_id
    UNION ALL
    -- held, of talks and agreements, by both
    SELECT a.act_id, s.state_id, a.source_id, NULL, s.basis
    FROM acts_then AS a
    JOIN core.official_act_states AS s ON s.act_id = a.act_id
    WHERE a.sort IN ('dialogue', 'agreement') AND a.effect = 'cooperation'
    UNION ALL
    SELECT c.act_id, d.source_id, d.target_id, d.listing_id, 'party'
    FROM core.official_act_events AS c
    -- an act may be known before the lists show whom it named
    JOIN core.sanction_events AS e ON e.event_id = c.event_id AND e.known_at <= CAST(known AS TIMESTAMP)
    JOIN query_table(listings) AS d ON d.listing_id = c.listing_id
    LEFT JOIN other_periods(listings, known) AS o ON o.event_id = c.event_id
        AND o.valid_from IS NOT DISTINCT FROM d.valid_from
        AND o.valid_to IS NOT DISTINCT FROM d.valid_to
    WHERE d.target_id IS NOT NULL AND o.event_id IS NULL
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
JOIN acts_then AS a ON a.act_id = d.act_id
WHERE d.source_id <> d.target_id
GROUP BY d.act_id, d.source_id, d.target_id;
COMMENT ON MACRO TABLE act_dyads IS 'Official acts by directed dyad: the one body of marts.official_act_dyads and of the acts in panels as known.';
