-- Reports of an event: the addresses and articles that report it.
-- runs of: known_from
-- packed: report_id, url
-- dictionary: outlet
-- dictionary: event_id
-- newest: known_from
CREATE TABLE core.event_reports (
    event_id VARCHAR NOT NULL REFERENCES core.events (event_id),
    report_id VARCHAR NOT NULL,
    url VARCHAR,
    outlet VARCHAR,
    article_id VARCHAR REFERENCES core.articles (article_id),
    reported_at TIMESTAMP,
    medium VARCHAR CHECK (medium IN ('web', 'citation', 'core', 'dtic', 'jstor', 'nontext')),
    sentence INTEGER,
    confidence DOUBLE CHECK (confidence BETWEEN 0 AND 1),
    known_from TIMESTAMP NOT NULL,
    PRIMARY KEY (event_id, report_id)
);
COMMENT ON TABLE core.event_reports IS 'Which addresses or articles report an event. GDELT''s mentions are added to the reports of the events here; core.gdelt_mentions has them all.';
COMMENT ON COLUMN core.event_reports.event_id IS 'The event.';
COMMENT ON COLUMN core.event_reports.report_id IS 'Address of the report, else the article_id.';
COMMENT ON COLUMN core.event_reports.url IS 'Address of the report.';
COMMENT ON COLUMN core.event_reports.outlet IS 'Host of the address, without www.';
COMMENT ON COLUMN core.event_reports.article_id IS 'The article, where its text is stored.';
COMMENT ON COLUMN core.event_reports.reported_at IS 'When the report was seen by the origin, UTC.';
COMMENT ON COLUMN core.event_reports.medium IS 'What the report is, by GDELT''s type of mention: web (a page), citation (a source without an address), core, dtic, jstor (archives), nontext. NULL where the origin does not say.';
COMMENT ON COLUMN core.event_reports.sentence IS 'Sentence of the report that has the event, from 1; the first of several. NULL where unknown.';
COMMENT ON COLUMN core.event_reports.confidence IS 'How sure the origin is to have read the event in this report, 0 to 1 (GDELT mentions); NULL where it does not say.';
COMMENT ON COLUMN core.event_reports.known_from IS 'When a reader could first know of the report, UTC.';
