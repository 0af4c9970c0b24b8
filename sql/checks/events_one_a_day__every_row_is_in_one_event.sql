-- critical: Rows in = rows out: each event that happened on a known day is a row of exactly one event of the day.
-- table: marts.events_one_a_day
-- scope: build
WITH held AS (
    SELECT event_id
    FROM core.events
    WHERE event_date >= first_panel_day()
        AND event_date <= CAST(known_from AS DATE) + 1
        AND date_precision IN ('day', 'interval')
        AND modality IN ('past', 'ongoing')
),
counted AS (
    SELECT unnest(event_ids) AS event_id FROM marts.events_one_a_day
)
SELECT coalesce(h.event_id, c.event_id) AS event_id, count(c.event_id) AS n_times
FROM held AS h
FULL JOIN counted AS c ON c.event_id = h.event_id
GROUP BY ALL
HAVING count(h.event_id) <> 1 OR count(c.event_id) <> 1;
