-- The state or organisation that people mean by a name or code: 'US', 'China', '中国' are USA, CHN, CHN.
-- written: an actor id, a code of two or three letters, or a name. Result: VARCHAR, an actor_id; NULL where none or more than one is meant.
-- Example: SELECT actor_named('中国');
CREATE OR REPLACE MACRO actor_named(written) AS (
    -- an id is what it is; of other words codes come before names, and the names of countries before all others
    SELECT CASE WHEN count(DISTINCT f.actor_id) = 1 THEN any_value(f.actor_id) END
    FROM (
        SELECT m.actor_id, m.rank = min(m.rank) OVER () AS is_first
        FROM (
            SELECT a.actor_id, 0 AS rank FROM core.actors AS a WHERE a.actor_id = written
            UNION ALL
            SELECT n.actor_id, list_position(['iso2', 'iso3', 'country_name', 'surface'], n.scheme)
            FROM core.actor_aliases AS n
            JOIN core.actors AS s ON s.actor_id = n.actor_id AND s.kind IN ('state', 'organisation')
            WHERE lower(n.alias) = lower(written) AND n.scheme IN ('iso2', 'iso3', 'country_name', 'surface')
        ) AS m
    ) AS f
    WHERE f.is_first
);
COMMENT ON MACRO actor_named IS 'The state or organisation that people mean by a name or code: ''US'', ''China'', ''中国'' are USA, CHN, CHN.';
