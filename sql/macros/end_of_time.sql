-- The end of known time: what is known by then is all that is known now, so that a question about now is one about then.
-- Result: TIMESTAMP, later than every moment of the data.
-- Example: SELECT count(*) FROM overdose_as_known(end_of_time());
CREATE OR REPLACE MACRO end_of_time() AS TIMESTAMP '9999-12-31';
COMMENT ON MACRO end_of_time IS 'The end of known time: what is known by then is all that is known now, so that a question about now is one about then.';
