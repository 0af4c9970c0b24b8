-- The state for which an actor counts in a dyad: itself, if it is one, else its country, else the organisation it belongs to.
-- actor: a row of core.actors, by the alias of the table. Result: VARCHAR, an actor_id. The UN and the EU have no state: their bodies
-- count for the organisation.
-- Example: SELECT state_of(a) FROM core.actors AS a WHERE a.actor_id = 'USA.BIS';
CREATE OR REPLACE MACRO state_of(actor) AS
CASE WHEN actor.kind = 'state' THEN actor.actor_id ELSE coalesce(actor.country_id, actor.parent_id, actor.actor_id) END;
COMMENT ON MACRO state_of IS 'The state for which an actor counts in a dyad: itself, if it is one, else its country, else the organisation it belongs to.';
