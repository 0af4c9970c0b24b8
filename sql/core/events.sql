-- Who did what to whom and when. One row per coded event of an origin.
-- sorted by: source_country_id, target_country_id, event_date, event_id
-- runs of: known_from
-- packed: url, evidence
-- dictionary: date_precision, source_id, source_country_id, source_sector, target_id, target_country_id, target_sector, cameo_code
-- dictionary: cameo_root, plover_event, modality, coder, coder_version, known_basis, origin, snapshot_id
-- dictionary: place_country_id, place_adm1, source_organization, target_organization
-- dictionary: event_id, origin_id
-- newest: event_date by origin
CREATE TABLE core.events (
    event_id VARCHAR NOT NULL PRIMARY KEY,
    event_date DATE,
    event_date_end DATE,
    date_precision VARCHAR NOT NULL CHECK (date_precision IN ('day', 'month', 'year', 'interval', 'unknown')),
    source_id VARCHAR REFERENCES core.actors (actor_id),
    source_country_id VARCHAR REFERENCES core.actors (actor_id),
    source_sector VARCHAR,
    target_id VARCHAR REFERENCES core.actors (actor_id),
    target_country_id VARCHAR REFERENCES core.actors (actor_id),
    target_sector VARCHAR,
    source_name VARCHAR,
    target_name VARCHAR,
    cameo_code VARCHAR REFERENCES core.cameo_codes (cameo_code),
    cameo_root VARCHAR,
    plover_event VARCHAR,
    goldstein DOUBLE CHECK (goldstein BETWEEN -10 AND 10),
    intensity DOUBLE CHECK (intensity BETWEEN -10 AND 10),
    quad_schrodt TINYINT CHECK (quad_schrodt BETWEEN 1 AND 4),
    quad_gdelt TINYINT CHECK (quad_gdelt BETWEEN 1 AND 4),
    modality VARCHAR NOT NULL CHECK (modality IN ('past', 'ongoing', 'intended', 'hypothetical', 'denied')),
    confidence DOUBLE CHECK (confidence BETWEEN 0 AND 1),
    coder VARCHAR NOT NULL,
    coder_version VARCHAR NOT NULL,
    article_id VARCHAR REFERENCES core.articles (article_id),
    evidence VARCHAR,
    evidence_start INTEGER,
    evidence_end INTEGER,
    n_reports INTEGER NOT NULL CHECK (n_reports >= 1),
    known_from TIMESTAMP NOT NULL,
    known_basis VARCHAR NOT NULL CHECK (known_basis IN ('date_added', 'published', 'snapshot')),
    url VARCHAR,
    place_country_id VARCHAR REFERENCES core.actors (actor_id),
    place_adm1 VARCHAR,
    source_organization VARCHAR,
    target_organization VARCHAR,
    origin VARCHAR NOT NULL,
    origin_id VARCHAR NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    row_number INTEGER,
    CHECK (event_date_end IS NULL OR event_date < event_date_end),
    CHECK (left(cameo_code, 2) = cameo_root),
    CHECK (cameo_code IS NOT NULL OR plover_event IS NOT NULL),
    CHECK (event_date IS NOT NULL OR date_precision = 'unknown')
);
COMMENT ON TABLE core.events IS 'Events between actors, coded in CAMEO and PLOVER. GDELT counts reports: one event in the world may be several rows here. Where BILATERAL_SINGLE_EVENTS names pairs of states, those of GDELT between others are in core.event_days alone, by day.';
COMMENT ON COLUMN core.events.event_id IS '<origin>:<id in the origin>.';
COMMENT ON COLUMN core.events.event_date IS 'First day of the event; NULL where unknown.';
COMMENT ON COLUMN core.events.event_date_end IS 'Day after the last day.';
COMMENT ON COLUMN core.events.date_precision IS 'How exact the date is. day, month, year: event_date lies in it; interval: from event_date to event_date_end; unknown: no date.';
COMMENT ON COLUMN core.events.source_id IS 'Who acted (finest actor known); NULL where unknown.';
COMMENT ON COLUMN core.events.source_country_id IS 'The state of the one who acted.';
COMMENT ON COLUMN core.events.source_sector IS 'CAMEO sector of the one who acted (GOV, MIL, BUS, ...).';
COMMENT ON COLUMN core.events.target_id IS 'To whom it was done.';
COMMENT ON COLUMN core.events.target_country_id IS 'The state of the one to whom it was done.';
COMMENT ON COLUMN core.events.target_sector IS 'CAMEO sector of the one to whom it was done.';
COMMENT ON COLUMN core.events.source_name IS 'The one who acted as the origin names it, where its names are resolved to one actor each (ICEWS, POLECAT); NULL elsewhere.';
COMMENT ON COLUMN core.events.target_name IS 'The one to whom it was done as the origin names it; see source_name.';
COMMENT ON COLUMN core.events.cameo_code IS 'CAMEO event code as text: 010 is not 10. NULL where the origin codes in PLOVER alone (POLECAT).';
COMMENT ON COLUMN core.events.cameo_root IS 'First two characters of the code.';
COMMENT ON COLUMN core.events.plover_event IS 'PLOVER event: by the crosswalk of 2021 from the CAMEO code, or as the origin codes it (POLECAT); NULL for roots 01 and 02, which have none.';
COMMENT ON COLUMN core.events.goldstein IS 'Goldstein scale, -10 (conflict) to 10 (cooperation).';
COMMENT ON COLUMN core.events.intensity IS 'Intensity as the origin gives it, -10 to 10: of ICEWS the Goldstein value, of POLECAT a scale of its own that goldstein must not be mixed with; NULL where it gives none.';
COMMENT ON COLUMN core.events.quad_schrodt IS 'Quad class after Schrodt: 1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict (09 is 3, 14 is 4); of POLECAT the quad code as published.';
COMMENT ON COLUMN core.events.quad_gdelt IS 'Quad class as GDELT publishes it (09 is 2, 14 is 3).';
COMMENT ON COLUMN core.events.modality IS 'past: it happened; ongoing: it goes on; intended, hypothetical, denied: said to be planned, possible, or not so. Only the first two count in panels.';
COMMENT ON COLUMN core.events.confidence IS '0 to 1; NULL where the origin gives none.';
COMMENT ON COLUMN core.events.coder IS 'Who coded it; bilateral-lexicon-zh: this project, from a text in Chinese, by a lexicon alone.';
COMMENT ON COLUMN core.events.coder_version IS 'Version of the coder; for bilateral a hash of its rules, lexicon and weights.';
COMMENT ON COLUMN core.events.article_id IS 'The article it was coded from, where its text is stored.';
COMMENT ON COLUMN core.events.evidence IS 'The sentence that says so.';
COMMENT ON COLUMN core.events.evidence_start IS 'First character of the evidence in the article.';
COMMENT ON COLUMN core.events.evidence_end IS 'Character after the evidence.';
COMMENT ON COLUMN core.events.n_reports IS 'Number of articles that report it, by the origin.';
COMMENT ON COLUMN core.events.known_from IS 'When a reader could first know of it, UTC. What is dated with a day alone is known at the last instant of the day.';
COMMENT ON COLUMN core.events.known_basis IS 'What known_from is taken from. date_added: the origin''s own stamp of when it took the event in; published: the report or the release of the data set; snapshot: the retrieval.';
COMMENT ON COLUMN core.events.url IS 'Address of a report.';
COMMENT ON COLUMN core.events.place_country_id IS 'State in which GDELT places the event; NULL elsewhere. Often that of the capital that a text names for its government.';
COMMENT ON COLUMN core.events.place_adm1 IS 'First-order division of the place as GDELT writes it (USDC, CH22: FIPS 10-4); NULL where only a state is known.';
COMMENT ON COLUMN core.events.source_organization IS 'Organisation of the one who acted, as GDELT codes it (CAMEO known group: UNO, WTO, NATO is NAT); a state may stand beside it.';
COMMENT ON COLUMN core.events.target_organization IS 'Organisation of the one to whom it was done.';
COMMENT ON COLUMN core.events.origin IS 'Source id.';
COMMENT ON COLUMN core.events.origin_id IS 'Id of the event in its source.';
COMMENT ON COLUMN core.events.snapshot_id IS 'The snapshot that had it first.';
COMMENT ON COLUMN core.events.row_number IS 'Row in the file, from 1.';
