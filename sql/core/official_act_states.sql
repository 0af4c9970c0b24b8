-- States at which acts are directed or which they concern, as the acts themselves say. The states of listed parties are not here.
-- sorted by: act_id, state_id
CREATE TABLE core.official_act_states (
    act_id VARCHAR NOT NULL REFERENCES core.official_acts (act_id),
    state_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    basis VARCHAR NOT NULL CHECK (basis IN ('stated', 'party', 'concerns', 'named')),
    PRIMARY KEY (act_id, state_id)
);
COMMENT ON TABLE core.official_act_states IS 'States of acts. marts.official_act_dyads adds those of the parties listed.';
COMMENT ON COLUMN core.official_act_states.act_id IS 'The act.';
COMMENT ON COLUMN core.official_act_states.state_id IS 'The state.';
COMMENT ON COLUMN core.official_act_states.basis IS 'stated: the act names it as its object or as the other side. party: the parties named are of it. concerns: done with regard to it, directed at nobody. named: title or summary of a document name it.';
