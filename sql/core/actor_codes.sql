-- Codes by which other people's data name a state, each with the days on which it stood for it.
-- newest: valid_from
CREATE TABLE core.actor_codes (
    scheme VARCHAR NOT NULL CHECK (scheme IN ('cow', 'gw', 'iso2', 'iso3', 'iso_numeric', 'm49', 'fips')),
    code VARCHAR NOT NULL,
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    valid_from DATE,
    valid_to DATE,
    CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_from < valid_to)
);
COMMENT ON TABLE core.actor_codes IS 'Codes of states with their days, from 1946 on. At any day a state has one code of a scheme at most, and a code stands for one state. A state that ended and lives on in another is that actor (USSR: RUS; Yugoslavia, Serbia and Montenegro: SRB; West Germany: DEU; North Yemen: YEM); one that does not is an actor of its own (CSK, DDR, RVN, YMD).';
COMMENT ON COLUMN core.actor_codes.scheme IS 'cow: Correlates of War, State System Membership v2016; gw: Gleditsch and Ward, microstates too; iso2, iso3, iso_numeric: ISO 3166-1, withdrawn ones of 3166-3; m49: UN Statistics Division; fips: FIPS 10-4, the last edition, without those of ended states.';
COMMENT ON COLUMN core.actor_codes.code IS 'The code as text: ISO and M49 numbers have three digits (012), COW and GW numbers no leading zeros.';
COMMENT ON COLUMN core.actor_codes.actor_id IS 'The state.';
COMMENT ON COLUMN core.actor_codes.valid_from IS 'First day; of cow and gw the entry into the system. NULL where unbounded or unknown.';
COMMENT ON COLUMN core.actor_codes.valid_to IS 'Day after the last; NULL while it lasts.';
