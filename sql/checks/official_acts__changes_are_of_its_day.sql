-- critical: A change of a list belongs to an act of its own day, or to a cited one of the day before where its day is a bound and the edition of that day showed none: never a day early.
-- table: core.official_acts
WITH placed AS (
    SELECT e.*, c.act_id, a.origin, [a.date_announced, a.date_signed, a.date_published, a.date_in_force] AS act_days
    FROM core.official_act_events AS c
    JOIN core.sanction_events AS e ON e.event_id = c.event_id
    JOIN core.official_acts AS a ON a.act_id = c.act_id
    WHERE c.basis = 'day'
)
SELECT p.event_id, p.act_id, p.event_date
FROM placed AS p
WHERE NOT list_contains(p.act_days, p.event_date)
    AND (
        p.origin = 'listings'
        OR coalesce(p.event_date_earliest > p.event_date - 1, TRUE)
        OR NOT list_contains(p.act_days, p.event_date - 1)
        OR EXISTS (FROM core.sanction_events AS o WHERE o.list_id = p.list_id AND o.kind = p.kind AND o.event_date = p.event_date - 1)
    );
