-- critical: Effect and publication of a rule are two days: what it ordered is not dated before it took effect, and where that is not stated not before it was published.
-- table: core.sanction_events
SELECT event_id, event_date, date_published, date_effective
FROM core.sanction_events
WHERE event_date < coalesce(date_effective, date_published) OR abs(date_effective - date_published) > 366;
