-- An official act and one directed pair of states in which it counts.
-- grain: act_id, source_id, target_id
-- vocabularies: basis: core.official_act_states.basis
CREATE TABLE marts.official_act_dyads AS
WITH listings_now AS (
    SELECT * FROM marts.listing_dyads
)
SELECT * FROM act_dyads('listings_now', end_of_time())
ORDER BY source_id, target_id, date, act_id;
COMMENT ON TABLE marts.official_act_dyads IS 'Official acts by directed dyad: the state of the authority, and each state at which the act is directed, of whose parties it names, or which it concerns. Talks and agreements count in both directions. What a mirror of a list repeats is left out, as in marts.listing_dyads. What changed on a list between two editions more than 31 days apart is no act of one day. Acts directed at no state (scheduling at home), that, and antidumping and countervailing duties (trade_remedy), are in core.official_acts only: join core.official_act_states to count these.';
COMMENT ON COLUMN marts.official_act_dyads.act_id IS 'The act, in core.official_acts.';
COMMENT ON COLUMN marts.official_act_dyads.source_id IS 'The state, or organisation, of the authority.';
COMMENT ON COLUMN marts.official_act_dyads.target_id IS 'The other state.';
COMMENT ON COLUMN marts.official_act_dyads.basis IS 'party: parties of this state are named. stated: the act names the state as its object or the other side. concerns: done with regard to it. named: title or summary of the document name it.';
COMMENT ON COLUMN marts.official_act_dyads.n_parties IS 'Listings of this state that the act changed; NULL where there are no data.';
COMMENT ON COLUMN marts.official_act_dyads.date IS 'The day by which the act counts: that of its announcement where it is known (core.official_acts), in the authority''s time zone.';
COMMENT ON COLUMN marts.official_act_dyads.known_from IS 'When the act could first be known, UTC.';
