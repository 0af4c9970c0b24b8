-- Whether a claim admits a value: it lies within the bounds of the claim, which more_than and less_than leave out.
-- comparator, low, high: as in core.claims. figure: the value, in the unit of the claim.
-- Result: BOOLEAN, NULL where the value is.
-- Example: SELECT claim_admits('more_than', 2.0 / 3, NULL, 0.684);
CREATE OR REPLACE MACRO claim_admits(comparator, low, high, figure) AS
CASE
    WHEN figure IS NULL THEN NULL
    WHEN comparator IN ('more_than', 'less_than') THEN coalesce(figure > low, true) AND coalesce(figure < high, true)
    ELSE coalesce(figure >= low, true) AND coalesce(figure <= high, true)
END;
COMMENT ON MACRO claim_admits IS 'Whether a claim admits a value: it lies within the bounds of the claim, which more_than and less_than leave out.';
