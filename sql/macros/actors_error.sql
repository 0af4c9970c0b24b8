-- What is wrong with the actor ids that a question names as states, in words, with what may have been meant.
-- ids: the actor ids, a list. Result: VARCHAR, one clause for each that is wrong, in their order; NULL where each is a state or an
-- organisation, or NULL.
-- Example: SELECT actors_error(['US', 'CHN']);
CREATE OR REPLACE MACRO actors_error(ids) AS (
    SELECT string_agg(e.said, '; ' ORDER BY e.number)
    FROM (
        SELECT
            w.number,
            '''' || w.id || ''''
            || CASE
                WHEN w.kind IS NOT NULL THEN ' is no state: what it does counts for ' || coalesce(w.state_id, 'none')
                ELSE ' is not an actor id'
                    || coalesce(
                        ': did you mean '
                        || coalesce(
                            arg_min(
                                s.actor_id || ' (' || s.name || ')',
                                {
                                    'rank': coalesce(list_position(['iso2', 'iso3', 'country_name', 'surface'], n.scheme), 5),
                                    'actor_id': s.actor_id
                                }
                            ) FILTER (n.alias IS NOT NULL),
                            arg_max(
                                s.actor_id || ' (' || s.name || ')',
                                greatest(
                                    jaro_winkler_similarity(lower(s.actor_id), lower(w.id)),
                                    jaro_winkler_similarity(lower(s.name), lower(w.id))
                                )
                            )
                        )
                        || '?',
                        ''
                    )
            END AS said
        FROM (
            -- most questions name states: nothing is searched for these
            SELECT i.number, i.id, k.kind, state_of(k) AS state_id
            FROM (SELECT unnest(ids) AS id, unnest(range(len(ids))) AS number) AS i
            LEFT JOIN core.actors AS k ON k.actor_id = i.id
            WHERE i.id IS NOT NULL AND (k.kind IS NULL OR k.kind NOT IN ('state', 'organisation'))
        ) AS w
        LEFT JOIN core.actors AS s ON s.kind IN ('state', 'organisation')
        LEFT JOIN core.actor_aliases AS n ON n.actor_id = s.actor_id AND lower(n.alias) = lower(w.id)
        GROUP BY w.number, w.id, w.kind, w.state_id
    ) AS e
);
COMMENT ON MACRO actors_error IS 'What is wrong with the actor ids that a question names as states, in words, with what may have been meant.';
