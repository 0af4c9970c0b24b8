-- How often two states voted alike in a session of the UN General Assembly, counted over its roll calls, as known at a moment: all pairs of states.
-- known: the moment, UTC; a DATE is its first instant.
-- Result: one row per directed dyad and session with a roll call in which both voted; the same figures in both directions.
-- Column source_id: One state.
-- Column target_id: The other.
-- Column year: Year in which the session began.
-- Column n_votes_both: Roll calls in which both voted.
-- Column n_votes_alike: Those in which both said yes, both no, or both abstained.
-- Column agreement: The second over the first, 0 to 1.
-- As in: core.un_votes
-- Example: SELECT year, n_votes_both, agreement FROM un_agreement_as_known(DATE '2025-01-01') WHERE source_id = 'CAN' AND target_id = 'MEX' ORDER BY year;
CREATE OR REPLACE MACRO un_agreement_as_known(known) AS TABLE
WITH marked AS (
    SELECT
        v.actor_id,
        v.session,
        v.year,
        length(v.votes) AS n_roll_calls,
        CAST(translate(v.votes, 'YAN-', '1000') AS BIT) AS yes,
        CAST(translate(v.votes, 'YAN-', '0100') AS BIT) AS abstained,
        CAST(translate(v.votes, 'YAN-', '0010') AS BIT) AS no
    FROM core.un_votes AS v
    WHERE v.known_from <= CAST(known AS TIMESTAMP) AND (v.known_to IS NULL OR CAST(known AS TIMESTAMP) < v.known_to)
),
counted AS (
    SELECT
        a.actor_id AS source_id,
        b.actor_id AS target_id,
        a.session,
        a.year,
        bit_count((a.yes | a.abstained | a.no) & (b.yes | b.abstained | b.no)) AS n_votes_both,
        bit_count(a.yes & b.yes) + bit_count(a.abstained & b.abstained) + bit_count(a.no & b.no) AS n_votes_alike
    FROM marked AS a
    JOIN marked AS b ON b.session = a.session AND b.actor_id <> a.actor_id AND b.n_roll_calls = a.n_roll_calls
)
SELECT c.*, c.n_votes_alike / c.n_votes_both AS agreement
FROM counted AS c
WHERE c.n_votes_both > 0;
COMMENT ON MACRO TABLE un_agreement_as_known IS 'How often two states voted alike in a session of the UN General Assembly, counted over its roll calls, as known at a moment: all pairs of states.';
