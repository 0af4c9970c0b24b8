-- A listing and one state that it targets, by current knowledge: which directed dyad it counts in, and from when to when.
-- grain: listing_id, target_id, valid_from, valid_to
-- vocabularies: valid_from_basis: core.sanction_listings.valid_from_basis; target_basis: core.sanction_countries.basis, core.target_evidence.basis
CREATE TABLE marts.listing_dyads AS
SELECT *
FROM listing_dyads_as_known(end_of_time())
ORDER BY source_id, target_id, listing_id, valid_from, valid_to;
COMMENT ON TABLE marts.listing_dyads IS 'Listings by authority''s state and target state, by current knowledge, removed ones too. A listing with several target states has several rows: count distinct listings. Place of birth, remarks and flags make no target state; what a list states takes precedence over other evidence. What a mirror (core.list_mirrors) repeats is left out where the mirrored list holds it: the same party, or at least half as many listings of that day. Self-dyads and listings without a known state (target_id NULL) are here, but not in the dyad panels.';
COMMENT ON COLUMN marts.listing_dyads.listing_id IS 'The listing.';
COMMENT ON COLUMN marts.listing_dyads.list_id IS 'The list.';
COMMENT ON COLUMN marts.listing_dyads.authority_id IS 'The body that keeps the list.';
COMMENT ON COLUMN marts.listing_dyads.source_id IS 'Its state; UN or EU where it belongs to one of these.';
COMMENT ON COLUMN marts.listing_dyads.target_id IS 'A state of the party, by the basis target_basis; NULL where none is known.';
COMMENT ON COLUMN marts.listing_dyads.actor_id IS 'The party.';
COMMENT ON COLUMN marts.listing_dyads.name IS 'Primary name of the party.';
COMMENT ON COLUMN marts.listing_dyads.valid_from IS 'First day in force, in the authority''s time zone; NULL where left-censored.';
COMMENT ON COLUMN marts.listing_dyads.valid_from_basis IS 'Where valid_from comes from.';
COMMENT ON COLUMN marts.listing_dyads.valid_to IS 'Day of the removal, no longer in force on it; NULL while in force.';
COMMENT ON COLUMN marts.listing_dyads.country_known_from IS 'Since when the target state was known, UTC; NULL where none is known.';
COMMENT ON COLUMN marts.listing_dyads.target_basis IS 'The evidence of the state: nationality, citizenship, list_destination or address as the list states it; where it states none of these, the first that is there of registration (stated), identifier (issuer of a document), linked_party, other_list and registry (see core.target_evidence); NULL where none is known.';
COMMENT ON COLUMN marts.listing_dyads.certain_from IS 'First day on which it is certain to have been in force: valid_from, or the first day that the list covers; NULL where none is.';
COMMENT ON COLUMN marts.listing_dyads.certain_to IS 'The day after the last such one: valid_to, the day after the last edition that showed it before a gap, or after the last edition here. The panels count these days.';
COMMENT ON COLUMN marts.listing_dyads.is_within_gap IS 'Whether it came at an unknown day between two editions of the list that lie too far apart (core.list_coverage), of which valid_from is the later.';
COMMENT ON COLUMN marts.listing_dyads.party_type IS 'person, entity, vessel or aircraft.';
COMMENT ON COLUMN marts.listing_dyads.valid_from_earliest IS 'Where valid_from comes from comparing editions, the day of the edition before: it came after that.';
COMMENT ON COLUMN marts.listing_dyads.seen_from IS 'Since when it is counted in force: valid_from, else the first day on which its list shows it.';
COMMENT ON COLUMN marts.listing_dyads.list_vintage_date IS 'Day of the newest edition of its list: later days do not contradict it.';
COMMENT ON COLUMN marts.listing_dyads.is_by_link IS 'Whether the state is only that of the party to which a ship or aircraft is linked (target_basis linked_party): the panels count these apart, in n_listings_by_link.';
