-- Reports of an event: the addresses and articles that tell of it.
CREATE TABLE core.event_reports (
    event_id VARCHAR NOT NULL REFERENCES core.events (event_id),
    report_id VARCHAR NOT NULL,
    url VARCHAR,
    outlet VARCHAR,
    article_id VARCHAR REFERENCES core.articles (article_id),
    reported_at TIMESTAMP,
    known_from TIMESTAMP NOT NULL,
    PRIMARY KEY (event_id, report_id)
);
COMMENT ON TABLE core.event_reports IS 'Which addresses or articles report an event.';
COMMENT ON COLUMN core.event_reports.event_id IS 'The event.';
COMMENT ON COLUMN core.event_reports.report_id IS 'Address of the report, else the article_id.';
COMMENT ON COLUMN core.event_reports.url IS 'Address of the report.';
COMMENT ON COLUMN core.event_reports.outlet IS 'Host of the address, without www.';
COMMENT ON COLUMN core.event_reports.article_id IS 'The article, where its text is held.';
COMMENT ON COLUMN core.event_reports.reported_at IS 'When the report was seen by the origin, UTC.';
COMMENT ON COLUMN core.event_reports.known_from IS 'When a reader could first know of the report, UTC.';
