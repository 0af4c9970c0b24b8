-- How often a state voted as one of six powers did in a session of the UN General Assembly, as each vintage counts it.
-- sorted by: partner_id, actor_id, session, known_from
-- newest: year by source
CREATE TABLE core.un_agreement (
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    partner_id VARCHAR NOT NULL CHECK (partner_id IN ('USA', 'RUS', 'BRA', 'CHN', 'IND', 'ISR')),
    session INTEGER NOT NULL CHECK (session BETWEEN 1 AND 200),
    year INTEGER NOT NULL CHECK (year = session + 1945),
    agreement DOUBLE NOT NULL CHECK (agreement BETWEEN 0 AND 1),
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    source VARCHAR NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    row_number INTEGER,
    PRIMARY KEY (actor_id, partner_id, session, known_from),
    CHECK (actor_id <> partner_id),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.un_agreement IS 'Agreement in votes with six powers, by session. It has no direction: between two of the six it stands on both rows.';
COMMENT ON COLUMN core.un_agreement.actor_id IS 'The state.';
COMMENT ON COLUMN core.un_agreement.partner_id IS 'The power it is compared with: USA, RUS, BRA, CHN, IND or ISR.';
COMMENT ON COLUMN core.un_agreement.session IS 'Session of the General Assembly.';
COMMENT ON COLUMN core.un_agreement.year IS 'Year in which the session began.';
COMMENT ON COLUMN core.un_agreement.agreement IS 'Share of roll calls in which both voted alike, 0 to 1, of those in which both voted.';
COMMENT ON COLUMN core.un_agreement.known_from IS 'Since when this was known, UTC: retrieval of the first vintage that had it.';
COMMENT ON COLUMN core.un_agreement.known_to IS 'Until when it was current, UTC; NULL while it is.';
COMMENT ON COLUMN core.un_agreement.source IS 'Source id.';
COMMENT ON COLUMN core.un_agreement.snapshot_id IS 'The snapshot that brought the row.';
COMMENT ON COLUMN core.un_agreement.row_number IS 'Row in its file, from 1 after the header.';
