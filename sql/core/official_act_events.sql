-- Which changes of listings belong to which act.
-- sorted by: act_id, event_id
-- packed: event_id, listing_id
CREATE TABLE core.official_act_events (
    event_id VARCHAR NOT NULL PRIMARY KEY REFERENCES core.sanction_events (event_id),
    act_id VARCHAR NOT NULL REFERENCES core.official_acts (act_id),
    listing_id VARCHAR NOT NULL,
    basis VARCHAR NOT NULL CHECK (basis IN ('citation', 'day'))
);
COMMENT ON TABLE core.official_act_events IS 'Additions, removals, suspensions and resumptions by the act that made them. Every one of them belongs to one act.';
COMMENT ON COLUMN core.official_act_events.event_id IS 'The change, in core.sanction_events.';
COMMENT ON COLUMN core.official_act_events.act_id IS 'The act.';
COMMENT ON COLUMN core.official_act_events.listing_id IS 'The listing.';
COMMENT ON COLUMN core.official_act_events.basis IS 'citation: the pages of the act''s document hold the citation of the change. day: same list, day and sort.';
