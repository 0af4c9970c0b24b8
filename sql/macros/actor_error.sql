-- What is wrong with an actor id that a question names as a state, in words, with what may have been meant.
-- id: the actor id. Result: VARCHAR, NULL where it is a state or an organisation, or NULL.
-- Example: SELECT actor_error('US');
CREATE OR REPLACE MACRO actor_error(id) AS actors_error([id]);
COMMENT ON MACRO actor_error IS 'What is wrong with an actor id that a question names as a state, in words, with what may have been meant.';
