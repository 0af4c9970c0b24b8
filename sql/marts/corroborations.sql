-- An event in the news matched with the official act it may tell of: same dyad and direction, imposed or eased, within a week.
-- grain: event_id, sanction_event_id
CREATE TABLE marts.corroborations AS
WITH told AS (
    -- codes for sanctions proper weigh 1; relations reduced, administrative sanctions and mere intent say less
    SELECT e.event_id, e.source_country_id AS source_id, e.target_country_id AS target_id, e.event_date, c.is_imposed, c.weight
    FROM core.events AS e
    JOIN (
        VALUES
            ('163', true, 1.0), ('160', true, 0.5), ('161', true, 0.4), ('162', true, 0.4), ('164', true, 0.3),
            ('166', true, 0.3), ('172', true, 0.6), ('085', false, 1.0),
            ('080', false, 0.5), ('081', false, 0.6), ('0354', false, 0.7)
    ) AS c (cameo_code, is_imposed, weight) USING (cameo_code)
    WHERE e.source_country_id <> e.target_country_id
        AND e.date_precision = 'day'
        AND e.event_date <= CAST(e.known_from AS DATE) + 1
        AND e.modality IN ('past', 'ongoing')
),
acts AS (
    SELECT DISTINCT e.event_id, d.source_id, d.target_id, e.event_date, e.kind IN ('added', 'resumed') AS is_imposed
    FROM core.sanction_events AS e
    JOIN marts.listing_dyads AS d USING (listing_id)
    WHERE e.kind IN ('added', 'removed', 'suspended', 'resumed')
),
act_days AS (
    SELECT DISTINCT source_id, target_id, is_imposed, event_date FROM acts
),
nearest AS (
    -- one day per event: a week of designations would else match every report with every one of them
    SELECT t.*, d.event_date AS act_date
    FROM told AS t
    JOIN act_days AS d
        ON d.source_id = t.source_id AND d.target_id = t.target_id AND d.is_imposed = t.is_imposed
        AND d.event_date BETWEEN t.event_date - 7 AND t.event_date + 7
    QUALIFY row_number() OVER (PARTITION BY t.event_id ORDER BY abs(t.event_date - d.event_date), d.event_date) = 1
)
SELECT
    n.event_id,
    a.event_id AS sanction_event_id,
    n.event_date - n.act_date AS lag_days,
    CAST(n.weight * (1 - abs(n.event_date - n.act_date) / 8) AS DOUBLE) AS score
FROM nearest AS n
JOIN acts AS a
    ON a.source_id = n.source_id AND a.target_id = n.target_id AND a.is_imposed = n.is_imposed AND a.event_date = n.act_date
ORDER BY n.source_id, n.target_id, n.event_date, n.event_id, sanction_event_id;
COMMENT ON TABLE marts.corroborations IS 'Events coded from news beside official acts of the same dyad, direction and sort, at most 7 days apart: candidates, not proof. An event is matched with all acts of the nearest day that has any. May be empty.';
COMMENT ON COLUMN marts.corroborations.event_id IS 'The event, in core.events.';
COMMENT ON COLUMN marts.corroborations.sanction_event_id IS 'The act, in core.sanction_events.';
COMMENT ON COLUMN marts.corroborations.lag_days IS 'Days from the act to the event: negative where the news dates it before the act.';
COMMENT ON COLUMN marts.corroborations.score IS '0 to 1: how plainly the event''s code means a sanction (163 and 085: 1), less an eighth for each day of lag.';
