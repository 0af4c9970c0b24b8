-- Listed parties whose name is like the one asked for, removed ones too (see valid_to), best first.
-- name: a name in any script; case, accents, legal forms and the order of words do not count, misspellings, other romanisations
-- and initials little. Legal forms, little words and digits never match alone.
-- Result: the columns of find_parties from listing_id on. A similar name is no proof that it is the party.
-- Example: SELECT score, list_id, matched_name, valid_from, valid_to FROM find_party('Institute of Forensic Science');
CREATE OR REPLACE MACRO find_party(name) AS TABLE
SELECT * EXCLUDE (asked_no, asked)
FROM find_parties([CAST(name AS VARCHAR)]);
COMMENT ON MACRO TABLE find_party IS 'Listed parties whose name is like the one asked for, removed ones too (see valid_to), best first.';
