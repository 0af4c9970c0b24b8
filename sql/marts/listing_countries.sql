-- The states of every listed party with all evidence, by current knowledge.
-- grain: listing_id, version_known_from, country_id, basis
-- vocabularies: basis: core.sanction_countries.basis, core.target_evidence.basis; strength: stated, core.target_evidence.strength
CREATE VIEW marts.listing_countries AS
SELECT * FROM listing_countries_as_known(end_of_time());
COMMENT ON VIEW marts.listing_countries IS 'States of listed parties with every piece of evidence, by current knowledge, removed listings too: whether it makes a target state, on what basis, and how strong that is.';
COMMENT ON COLUMN marts.listing_countries.listing_id IS 'The listing.';
COMMENT ON COLUMN marts.listing_countries.version_known_from IS 'Known_from of the version of the listing (core.sanction_listings) that is current: a party that was removed and returned has two.';
COMMENT ON COLUMN marts.listing_countries.country_id IS 'The state (or Hong Kong, Macao, Taiwan: actors of their own).';
COMMENT ON COLUMN marts.listing_countries.basis IS 'The evidence: address, nationality, citizenship, registration, place_of_birth, list_destination, remark (core.sanction_countries); identifier, linked_party, other_list, registry, flag (core.target_evidence).';
COMMENT ON COLUMN marts.listing_countries.strength IS 'stated: by the list, as the party''s state; derived: makes a target state where the list states none; weak: makes none.';
COMMENT ON COLUMN marts.listing_countries.evidence IS 'The document, the other listing or the flag; NULL where the list states the country itself.';
COMMENT ON COLUMN marts.listing_countries.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN marts.listing_countries.is_target IS 'Whether it makes a target state of the listing (marts.listing_dyads).';
