-- The firms and bodies of the registry of actors that names mean: by name, alias, acronym, or a full legal name in Chinese.
-- A full legal name begins with the firm's name, after the place of its seat at most (杭州海康威视数字技术股份有限公司 is 海康威视).
-- names: VARCHAR[], in any script.
-- Result: one row per name asked for and actor.
-- Column asked_no: Place of the name in the list asked, from 1.
-- Column asked: The name as it was asked for.
-- Column name: Name of the actor in the registry.
-- Column country_id: Its state.
-- Column factor: How sure it is: 1 for a name, 0.95 for a full legal name, 0.9 for an acronym.
-- As in: core.actors
-- Example: SELECT asked, actor_id FROM registry_readings(['MPS', '中芯国际集成电路制造有限公司']);
CREATE OR REPLACE MACRO registry_readings(names) AS TABLE
WITH asked_names AS (
    SELECT unnest(names) AS asked, generate_subscripts(names, 1) AS asked_no
),
known_as AS (
    SELECT a.asked_no, a.asked, r.actor_id, r.name, r.country_id, CASE WHEN r.is_acronym THEN 0.9 ELSE 1.0 END AS factor, r.key
    FROM asked_names AS a
    JOIN marts.registry_names AS r ON r.key = trim(plain_text(a.asked))
    WHERE NOT r.is_acronym OR regexp_full_match(trim(a.asked), '[A-Z]{3,7}')
    UNION ALL
    SELECT a.asked_no, a.asked, r.actor_id, r.name, r.country_id, 0.95, r.key
    FROM asked_names AS a
    -- the place of a seat has four signs at most
    JOIN marts.registry_names AS r ON strpos(a.asked, r.key) BETWEEN 1 AND 5 AND r.key <> trim(plain_text(a.asked))
    WHERE regexp_full_match(r.key, '[一-鿿]{2,}') AND regexp_matches(a.asked, '公司|集团')
)
SELECT k.asked_no, k.asked, k.actor_id, k.name, k.country_id, k.factor
FROM known_as AS k
-- the longest says most: 中国电信 and not 中国
QUALIFY length(k.key) = max(length(k.key)) OVER (PARTITION BY k.asked_no)
    AND row_number() OVER (PARTITION BY k.asked_no, k.actor_id ORDER BY length(k.key) DESC, k.factor DESC) = 1;
COMMENT ON MACRO TABLE registry_readings IS 'The firms and bodies of the registry of actors that names mean: by name, alias, acronym, or a full legal name in Chinese.';
