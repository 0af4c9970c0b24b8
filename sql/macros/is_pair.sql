-- Whether two actors are the two of a pair, in either order. Without a pair, any two are.
-- source, target: actor ids. a, b: actor ids of the pair, or both NULL. Result: BOOLEAN.
-- Example: SELECT count(*) FROM core.events AS e WHERE is_pair(e.source_country_id, e.target_country_id, 'USA', 'CHN');
CREATE OR REPLACE MACRO is_pair(source, target, a, b) AS
(a IS NULL AND b IS NULL) OR (source = a AND target = b) OR (source = b AND target = a);
COMMENT ON MACRO is_pair IS 'Whether two actors are the two of a pair, in either order.';
