-- States, their subdivisions, bodies, firms and persons; and every party known from a list.
-- valid_from and valid_to are the tenure of an office or the life of a body; an alias has a tenure of its own.
-- packed: name
-- newest: valid_from
CREATE TABLE core.actors (
    actor_id VARCHAR NOT NULL PRIMARY KEY,
    kind VARCHAR NOT NULL CHECK (kind IN ('state', 'region', 'organisation', 'subdivision', 'city', 'body', 'firm', 'person', 'entity', 'vessel', 'aircraft')),
    name VARCHAR NOT NULL,
    country_id VARCHAR,
    sector VARCHAR,
    parent_id VARCHAR,
    valid_from DATE,
    valid_to DATE,
    CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_from < valid_to)
);
COMMENT ON TABLE core.actors IS 'States, subdivisions, bodies, persons, and every party known from a list. One row per actor.';
COMMENT ON COLUMN core.actors.actor_id IS 'State: ISO 3166-1 alpha-3. Subdivision: ISO 3166-2. Body, firm, person: <state>.<SLUG>. A party known only from a list: its first listing_id.';
COMMENT ON COLUMN core.actors.kind IS 'What the actor is. state (HKG, MAC and TWN too); region and organisation: no states (EUR; UN, EU); subdivision: a province, or a jurisdiction of the United States; city; body: a ministry, agency, parliament; firm, person: of the registry or of a list; entity, vessel, aircraft: a party that is known from lists alone.';
COMMENT ON COLUMN core.actors.name IS 'Name in English.';
COMMENT ON COLUMN core.actors.country_id IS 'The state it belongs to (actor_id of a state), NULL where unknown or none.';
COMMENT ON COLUMN core.actors.sector IS 'CAMEO sector: GOV, MIL, COP, LEG, JUD, BUS, MED, EDU, CVL, ..., NULL where unknown.';
COMMENT ON COLUMN core.actors.parent_id IS 'The actor it is part of: a subdivision of its state, a bureau of its ministry.';
COMMENT ON COLUMN core.actors.valid_from IS 'First day of the tenure; NULL where unbounded or unknown.';
COMMENT ON COLUMN core.actors.valid_to IS 'Day after the last day of the tenure; NULL while it lasts.';
