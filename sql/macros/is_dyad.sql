-- Whether an event is one between the two of a pair, in either direction. Without a pair, any is.
-- event: a row of core.events or core.event_days, by the alias of the table. a, b: actor ids of the pair, or both NULL. Result: BOOLEAN.
-- Example: SELECT count(*) FROM core.events AS e WHERE is_dyad(e, 'EU', 'RUS');
CREATE OR REPLACE MACRO is_dyad(event, a, b) AS
is_pair(event.source_country_id, event.target_country_id, a, b)
-- of two states the columns by which the rows are sorted are enough
OR (
    (a IN ('EU', 'UN') OR b IN ('EU', 'UN'))
    AND is_pair(
        dyad_side(event.source_id, event.source_country_id), dyad_side(event.target_id, event.target_country_id), a, b
    )
);
COMMENT ON MACRO is_dyad IS 'Whether an event is one between the two of a pair, in either direction.';
