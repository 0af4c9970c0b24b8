-- Mentions of events that are here become reports of them; a report that is here already learns what GDELT says of it.
CREATE OR REPLACE TEMP TABLE _mentioned AS
SELECT
    m.event_id,
    m.report_id,
    min(m.url) AS url,
    min(m.outlet) AS outlet,
    min(m.mentioned_at) AS reported_at,
    min(m.medium) AS medium,
    min(m.sentence) AS sentence,
    max(m.confidence) AS confidence,
    -- a report is not known before its event is
    greatest(min(m.known_from), min(e.known_from)) AS known_from
FROM core.gdelt_mentions AS m
JOIN core.events AS e USING (event_id)
GROUP BY ALL;
UPDATE core.event_reports AS r
SET medium = m.medium, sentence = m.sentence, confidence = m.confidence
FROM _mentioned AS m
WHERE r.event_id = m.event_id AND r.report_id = m.report_id;
INSERT INTO core.event_reports (event_id, report_id, url, outlet, reported_at, medium, sentence, confidence, known_from)
SELECT m.event_id, m.report_id, m.url, m.outlet, m.reported_at, m.medium, m.sentence, m.confidence, m.known_from
FROM _mentioned AS m
WHERE NOT EXISTS (FROM core.event_reports AS r WHERE r.event_id = m.event_id AND r.report_id = m.report_id)
ORDER BY ALL;
DROP TABLE _mentioned;
