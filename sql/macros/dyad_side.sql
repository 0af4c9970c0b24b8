-- For whom an event's source or target counts in a dyad: its state, else the EU or the UN where it is one of these or a body of it.
-- id, country: actor and state of the side, as in core.events. Result: VARCHAR, an actor_id; NULL for any other organisation, a
-- region, or nobody known.
-- Example: SELECT dyad_side(e.source_id, e.source_country_id), count(*) FROM core.events AS e GROUP BY ALL;
CREATE OR REPLACE MACRO dyad_side(id, country) AS
coalesce(country, CASE WHEN split_part(id, '.', 1) IN ('EU', 'UN') THEN split_part(id, '.', 1) END);
COMMENT ON MACRO dyad_side IS 'For whom an event''s source or target counts in a dyad: its state, else the EU or the UN where it is one of these or a body of it.';
