-- What GDELT's knowledge graph says a document is about, and of which states it names places.
-- sorted by: seen_at, record_id
-- runs of: known_from
-- packed: report_id, url
-- dictionary: outlet, country_ids
-- newest: seen_at by 'gdelt_v2_gkg'
CREATE TABLE core.gdelt_themes (
    record_id VARCHAR NOT NULL PRIMARY KEY,
    seen_at TIMESTAMP NOT NULL,
    outlet VARCHAR,
    report_id VARCHAR NOT NULL,
    url VARCHAR,
    themes VARCHAR,
    country_ids VARCHAR,
    tone DOUBLE,
    translated_from VARCHAR,
    known_from TIMESTAMP NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    row_number INTEGER
);
COMMENT ON TABLE core.gdelt_themes IS 'Themes of documents by GDELT''s Global Knowledge Graph, found by its lists of words: that a document is about something is a guess. Where BILATERAL_SINGLE_EVENTS names pairs of states, documents that name places of both of a pair alone are here. dyad_panel_by(a, b, grain, ''theme'') joins them with events.';
COMMENT ON COLUMN core.gdelt_themes.record_id IS 'Id of the record (GKGRECORDID).';
COMMENT ON COLUMN core.gdelt_themes.seen_at IS 'When GDELT saw the document, UTC: its slot.';
COMMENT ON COLUMN core.gdelt_themes.outlet IS 'Outlet as GDELT names it.';
COMMENT ON COLUMN core.gdelt_themes.report_id IS 'The document: its address, or what GDELT calls it.';
COMMENT ON COLUMN core.gdelt_themes.url IS 'Its address, where it is a web page: as in core.events.url.';
COMMENT ON COLUMN core.gdelt_themes.themes IS 'Themes, each once in the order of the alphabet, joined by ; (TAX_FNCACT_PRESIDENT, DRUG_TRADE); NULL where none was found.';
COMMENT ON COLUMN core.gdelt_themes.country_ids IS 'States of the places that it names, each once in the order of the alphabet, joined by ;; NULL where none.';
COMMENT ON COLUMN core.gdelt_themes.tone IS 'Tone of the document by GDELT, about -10 (negative) to 10.';
COMMENT ON COLUMN core.gdelt_themes.translated_from IS 'Language that GDELT translated it from by machine; NULL of English.';
COMMENT ON COLUMN core.gdelt_themes.known_from IS 'Since when this was known, UTC: the slot.';
COMMENT ON COLUMN core.gdelt_themes.snapshot_id IS 'The snapshot that had it first.';
COMMENT ON COLUMN core.gdelt_themes.row_number IS 'Row in its file, from 1.';
