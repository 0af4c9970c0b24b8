-- What is wrong with an actor id that a question names as a state, in words, with what may have been meant.
-- id: the actor id. Result: VARCHAR, NULL where it is a state or an organisation, or NULL.
-- Example: SELECT actor_error('US');
CREATE OR REPLACE MACRO actor_error(id) AS (
    SELECT
        CASE
            WHEN id IS NULL OR bool_or(k.actor_id = id AND k.kind IN ('state', 'organisation')) THEN NULL
            WHEN bool_or(k.actor_id = id)
                THEN '''' || id || ''' is no state: what it does counts for '
                    || coalesce(any_value(state_of(k)) FILTER (k.actor_id = id), 'none')
            ELSE '''' || id || ''' is not an actor id'
                || coalesce(
                    ': did you mean '
                    || coalesce(
                        (
                            SELECT arg_min(s.actor_id || ' (' || s.name || ')', (coalesce(list_position(['iso2', 'iso3', 'country_name', 'surface'], n.scheme), 5), s.actor_id))
                            FROM core.actor_aliases AS n
                            JOIN core.actors AS s ON s.actor_id = n.actor_id AND s.kind IN ('state', 'organisation')
                            WHERE lower(n.alias) = lower(id)
                        ),
                        arg_max(
                            k.actor_id || ' (' || k.name || ')',
                            greatest(
                                jaro_winkler_similarity(lower(k.actor_id), lower(id)), jaro_winkler_similarity(lower(k.name), lower(id))
                            )
                        ) FILTER (k.kind IN ('state', 'organisation'))
                    )
                    || '?',
                    ''
                )
        END
    FROM core.actors AS k
    WHERE k.kind IN ('state', 'organisation') OR k.actor_id = id
);
COMMENT ON MACRO actor_error IS 'What is wrong with an actor id that a question names as a state, in words, with what may have been meant.';
