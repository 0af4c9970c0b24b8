-- A name or acronym under which the registry of actors knows a firm or body, folded for search.
-- grain: key, actor_id
CREATE TABLE marts.registry_names AS
WITH held AS (
    SELECT a.actor_id, a.name, a.country_id
    FROM core.actors AS a
    WHERE a.kind IN ('firm', 'body') AND EXISTS (FROM core.actor_aliases AS s WHERE s.actor_id = a.actor_id AND s.scheme = 'surface')
),
names AS (
    SELECT h.*, trim(plain_text(s.alias)) AS key, false AS is_acronym
    FROM held AS h
    JOIN core.actor_aliases AS s ON s.actor_id = h.actor_id AND s.scheme = 'surface'
    UNION ALL
    SELECT h.*, trim(plain_text(h.name)), false FROM held AS h
    UNION ALL
    -- the first letters of the words that tell: Ministry of Public Security is MPS
    SELECT h.*, array_to_string(
            list_transform(list_filter(name_words(h.name), lambda w: w NOT IN ('of', 'the', 'and', 'for', 'in', 's')), lambda w: left(w, 1)), ''
        ), true FROM held AS h
)
SELECT key, actor_id, any_value(name) AS name, any_value(country_id) AS country_id, bool_and(is_acronym) AS is_acronym
FROM names
WHERE length(key) >= 3 OR regexp_matches(key, '[^\x00-\x7F]')
GROUP BY key, actor_id
ORDER BY key, actor_id;
COMMENT ON TABLE marts.registry_names IS 'Names and acronyms of firms and bodies of the registry of actors, in any script, for the macro find_party.';
COMMENT ON COLUMN marts.registry_names.key IS 'Name, alias or acronym: its words in lower case.';
COMMENT ON COLUMN marts.registry_names.actor_id IS 'The actor.';
COMMENT ON COLUMN marts.registry_names.name IS 'Its name in the registry.';
COMMENT ON COLUMN marts.registry_names.country_id IS 'Its state.';
COMMENT ON COLUMN marts.registry_names.is_acronym IS 'Whether the key is made of the first letters of the name alone; of several bodies with one acronym each has a row.';
