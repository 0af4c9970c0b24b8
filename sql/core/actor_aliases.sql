-- Codes and surface names that stand for an actor: the one place where CAMEO, FIPS, ISO and the lists' country names become an actor_id.
-- packed: alias
-- newest: valid_from
CREATE TABLE core.actor_aliases (
    scheme VARCHAR NOT NULL CHECK (scheme IN ('iso2', 'iso3', 'cameo', 'fips', 'country_name', 'wikidata', 'surface')),
    alias VARCHAR NOT NULL,
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    valid_from DATE,
    valid_to DATE,
    CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_from < valid_to)
);
COMMENT ON TABLE core.actor_aliases IS 'Codes and names that stand for an actor.';
COMMENT ON COLUMN core.actor_aliases.scheme IS 'Which code or name: iso2, iso3, cameo, fips, country_name (as lists and statistics write it), wikidata (id of the item), surface (as news text writes it).';
COMMENT ON COLUMN core.actor_aliases.alias IS 'The code or name; surface forms are case-sensitive.';
COMMENT ON COLUMN core.actor_aliases.actor_id IS 'The actor it stands for.';
COMMENT ON COLUMN core.actor_aliases.valid_from IS 'First day on which the alias stands for this actor (an office and its holder); NULL where unbounded.';
COMMENT ON COLUMN core.actor_aliases.valid_to IS 'Day after the last such day; NULL while it lasts.';
