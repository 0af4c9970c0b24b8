-- Words by which a text names an act: its list, authority, program, what it is about, and its sort of measure.
-- sorted by: act_id, kind, term
CREATE TABLE core.official_act_terms (
    act_id VARCHAR NOT NULL REFERENCES core.official_acts (act_id),
    kind VARCHAR NOT NULL CHECK (kind IN ('topic', 'list', 'program', 'authority', 'measure')),
    term VARCHAR NOT NULL,
    PRIMARY KEY (act_id, kind, term)
);
COMMENT ON TABLE core.official_act_terms IS 'What a sentence about an act says: marts.act_reports asks for these. A term is the beginning of one or more words in lower case; words joined by + must all be there, and one that ends in a digit must end there.';
COMMENT ON COLUMN core.official_act_terms.act_id IS 'The act.';
COMMENT ON COLUMN core.official_act_terms.kind IS 'topic: what this act alone is about (rate, goods, place, people), from the reviewed record. list, program, authority: of what it belongs to. measure: words for its sort; without one of them no sentence is about it.';
COMMENT ON COLUMN core.official_act_terms.term IS 'The term.';
