-- Every mention of an event in a document that GDELT has seen, whether or not the event itself is here.
-- sorted by: event_id, mentioned_at, report_id
-- runs of: known_from
-- packed: report_id, url
-- dictionary: outlet
-- dictionary: event_id
-- newest: mentioned_at by 'gdelt_v2_mentions'
CREATE TABLE core.gdelt_mentions (
    mention_id VARCHAR NOT NULL PRIMARY KEY,
    event_id VARCHAR NOT NULL,
    event_added_at TIMESTAMP NOT NULL,
    mentioned_at TIMESTAMP NOT NULL,
    medium VARCHAR CHECK (medium IN ('web', 'citation', 'core', 'dtic', 'jstor', 'nontext')),
    outlet VARCHAR,
    report_id VARCHAR NOT NULL,
    url VARCHAR,
    sentence INTEGER,
    is_in_raw_text BOOLEAN,
    confidence DOUBLE CHECK (confidence BETWEEN 0 AND 1),
    document_length INTEGER,
    tone DOUBLE,
    translated_from VARCHAR,
    known_from TIMESTAMP NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    row_number INTEGER
);
COMMENT ON TABLE core.gdelt_mentions IS 'Mentions of GDELT 2.0: one row per event, document, sentence and passage. Those of events that are here become core.event_reports; the others wait for their event here.';
COMMENT ON COLUMN core.gdelt_mentions.mention_id IS 'Hash of event, document, moment, sentence and the places of its actors in the document.';
COMMENT ON COLUMN core.gdelt_mentions.event_id IS 'The event, as in core.events; it may be missing here.';
COMMENT ON COLUMN core.gdelt_mentions.event_added_at IS 'When GDELT first saw the event, UTC.';
COMMENT ON COLUMN core.gdelt_mentions.mentioned_at IS 'When GDELT saw the document, UTC.';
COMMENT ON COLUMN core.gdelt_mentions.medium IS 'GDELT''s type of mention: web (a page), citation (a source without an address), core, dtic, jstor (archives), nontext.';
COMMENT ON COLUMN core.gdelt_mentions.outlet IS 'Source as GDELT names it: for a page its domain.';
COMMENT ON COLUMN core.gdelt_mentions.report_id IS 'Address of the document, else its citation.';
COMMENT ON COLUMN core.gdelt_mentions.url IS 'Address of the document; NULL where it has none.';
COMMENT ON COLUMN core.gdelt_mentions.sentence IS 'Sentence of the document, from 1.';
COMMENT ON COLUMN core.gdelt_mentions.is_in_raw_text IS 'Whether the event was read in the text as written, and not only after pronouns and names had been resolved.';
COMMENT ON COLUMN core.gdelt_mentions.confidence IS 'GDELT''s confidence to have read the event in this document, 0 to 1.';
COMMENT ON COLUMN core.gdelt_mentions.document_length IS 'Length of the document in characters.';
COMMENT ON COLUMN core.gdelt_mentions.tone IS 'GDELT''s tone of the document, -100 to 100.';
COMMENT ON COLUMN core.gdelt_mentions.translated_from IS 'Language (ISO 639-2) that the document was translated from by a machine; NULL where it was not.';
COMMENT ON COLUMN core.gdelt_mentions.known_from IS 'mentioned_at: when a reader could first know of the mention, UTC.';
COMMENT ON COLUMN core.gdelt_mentions.snapshot_id IS 'The snapshot that had it first.';
COMMENT ON COLUMN core.gdelt_mentions.row_number IS 'Row in the file, from 1.';
