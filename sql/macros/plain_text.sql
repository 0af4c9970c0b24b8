-- A text as its words in lower case with one blank between two, and one at each end: for finding names in running text.
-- text: any text. Result: VARCHAR.
-- Example: SELECT contains(plain_text('The Ministry''s Institute, founded 1996'), ' ministry s institute ');
CREATE OR REPLACE MACRO plain_text(text) AS ' ' || trim(regexp_replace(lower(text), '[^\p{L}\p{N}]+', ' ', 'g')) || ' ';
COMMENT ON MACRO plain_text IS 'A text as its words in lower case with one blank between two, and one at each end: for finding names in running text.';
