-- An official act that the news reports: one row an act, whatever the number of its listings and of its reports.
-- grain: act_id
-- vocabularies: sort: core.official_acts.sort; named_by: party, topic, list, program, only
CREATE TABLE marts.corroborations AS
SELECT
    arg_min(r.event_id, {'score': -r.score, 'date': r.event_date, 'event_id': r.event_id}) AS event_id,
    arg_min(r.sanction_event_id, {'score': -r.score, 'date': r.event_date, 'event_id': r.event_id}) AS sanction_event_id,
    r.act_id,
    arg_min(r.source_id, {'score': -r.score, 'date': r.event_date, 'event_id': r.event_id}) AS source_id,
    arg_min(r.target_id, {'score': -r.score, 'date': r.event_date, 'event_id': r.event_id}) AS target_id,
    any_value(a.sort) AS sort,
    any_value(a.date) AS date,
    arg_min(r.lag_days, {'score': -r.score, 'date': r.event_date, 'event_id': r.event_id}) AS lag_days,
    max(r.score) AS score,
    arg_min(r.named_by, {'score': -r.score, 'date': r.event_date, 'event_id': r.event_id}) AS named_by,
    arg_min(r.reasons, {'score': -r.score, 'date': r.event_date, 'event_id': r.event_id}) AS reasons,
    count(*) AS n_events,
    CAST(sum(r.n_reports) AS BIGINT) AS n_reports,
    list(r.event_id ORDER BY r.event_date, r.event_id) AS event_ids,
    greatest(any_value(a.known_from), min(r.first_seen)) AS known_from
FROM marts.act_reports AS r
JOIN core.official_acts AS a ON a.act_id = r.act_id
GROUP BY r.act_id
ORDER BY source_id, target_id, date, act_id;
COMMENT ON TABLE marts.corroborations IS 'Official acts that events coded from news report, each once, with the event that reports it most plainly and the number of all. Talks and agreements count in both directions: source_id and target_id are those of that event. The pairs behind it are in marts.act_reports. May be empty.';
COMMENT ON COLUMN marts.corroborations.event_id IS 'The event of the highest score, among equals the first, in core.events.';
COMMENT ON COLUMN marts.corroborations.sanction_event_id IS 'Of an act on listed parties the change of the party that the event names, else one of its changes, in core.sanction_events; NULL where there are no data.';
COMMENT ON COLUMN marts.corroborations.act_id IS 'The act, in core.official_acts.';
COMMENT ON COLUMN marts.corroborations.source_id IS 'The state that acted.';
COMMENT ON COLUMN marts.corroborations.target_id IS 'The state to whom it was done.';
COMMENT ON COLUMN marts.corroborations.sort IS 'Sort of act.';
COMMENT ON COLUMN marts.corroborations.date IS 'Day of the act, in the authority''s time zone.';
COMMENT ON COLUMN marts.corroborations.lag_days IS 'Days from the act to that event: negative where the news dates it before the act.';
COMMENT ON COLUMN marts.corroborations.score IS '0 to 1: how surely that event reports the act; see marts.act_reports.';
COMMENT ON COLUMN marts.corroborations.named_by IS 'What that event names: party, topic, list or program; only where no other act fits.';
COMMENT ON COLUMN marts.corroborations.reasons IS 'Why, in words.';
COMMENT ON COLUMN marts.corroborations.n_events IS 'Events, one a day per pair of parties and code, that tell of the act.';
COMMENT ON COLUMN marts.corroborations.n_reports IS 'Reports of these events, by the origins.';
COMMENT ON COLUMN marts.corroborations.event_ids IS 'All of these events, in order of their days.';
COMMENT ON COLUMN marts.corroborations.known_from IS 'When both the act and one of the events were known, UTC.';
