-- How each state voted in the roll calls of a session of the UN General Assembly: a letter for each.
-- sorted by: session, actor_id, known_from
-- newest: year by source
CREATE TABLE core.un_votes (
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    session INTEGER NOT NULL CHECK (session BETWEEN 1 AND 200),
    year INTEGER NOT NULL CHECK (year = session + 1945),
    n_votes INTEGER NOT NULL CHECK (n_votes >= 1),
    votes VARCHAR NOT NULL CHECK (regexp_full_match(votes, '[YAN-]+')),
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    source VARCHAR NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    row_number INTEGER,
    PRIMARY KEY (actor_id, session, known_from),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.un_votes IS 'Votes of states by session. un_agreement_as_known counts agreement of all pairs of them.';
COMMENT ON COLUMN core.un_votes.actor_id IS 'The state.';
COMMENT ON COLUMN core.un_votes.session IS 'Session of the General Assembly.';
COMMENT ON COLUMN core.un_votes.year IS 'Year in which the session began.';
COMMENT ON COLUMN core.un_votes.n_votes IS 'Roll calls of the session in which it voted.';
COMMENT ON COLUMN core.un_votes.votes IS 'A letter for each roll call of the session, in the order of their numbers (rcid): Y yes, A abstain, N no, - no vote. As long for every state of a session and vintage.';
COMMENT ON COLUMN core.un_votes.known_from IS 'Since when this was known, UTC: retrieval of the first vintage that had it.';
COMMENT ON COLUMN core.un_votes.known_to IS 'Until when it was current, UTC; NULL while it is.';
COMMENT ON COLUMN core.un_votes.source IS 'Source id.';
COMMENT ON COLUMN core.un_votes.snapshot_id IS 'The snapshot that brought the row.';
COMMENT ON COLUMN core.un_votes.row_number IS 'Its first row in the file, from 1 after the header.';
