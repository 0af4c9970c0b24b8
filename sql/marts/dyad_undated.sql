-- Events between two states that the panels by day do not count, since their day is not known or they have not happened.
-- grain: source_id, target_id
CREATE TABLE marts.dyad_undated AS
WITH reasons AS (
    SELECT
        dyad_side(e.source_id, e.source_country_id) AS source_id,
        dyad_side(e.target_id, e.target_country_id) AS target_id,
        CASE
            WHEN modality NOT IN ('past', 'ongoing') THEN modality
            WHEN event_date IS NULL OR date_precision = 'unknown' THEN 'unknown'
            WHEN date_precision IN ('month', 'year') THEN date_precision
            ELSE 'out_of_range'
        END AS reason,
        n_reports,
        known_from
    FROM core.events AS e
    WHERE dyad_side(e.source_id, e.source_country_id) IS NOT NULL
        AND dyad_side(e.target_id, e.target_country_id) IS NOT NULL
        AND NOT coalesce(happened_on_a_day(e), false)
)
SELECT
    source_id,
    target_id,
    count(*) FILTER (reason IN ('unknown', 'month', 'year')) AS n_undated,
    count(*) FILTER (reason = 'unknown') AS n_date_unknown,
    count(*) FILTER (reason = 'month') AS n_month_only,
    count(*) FILTER (reason = 'year') AS n_year_only,
    count(*) FILTER (reason = 'out_of_range') AS n_out_of_range,
    count(*) FILTER (reason = 'intended') AS n_intended,
    count(*) FILTER (reason = 'hypothetical') AS n_hypothetical,
    count(*) FILTER (reason = 'denied') AS n_denied,
    CAST(sum(n_reports) AS BIGINT) AS n_reports,
    min(known_from) AS first_known_from,
    max(known_from) AS last_known_from
FROM reasons
GROUP BY ALL
ORDER BY source_id, target_id;
COMMENT ON TABLE marts.dyad_undated IS 'Rows of core.events between two states (a state with itself too) that no panel by day counts: their day is not known, or they have not happened. What a panel leaves out is shown here, not lost. Rows, not one a day: without a day they cannot be distinguished.';
COMMENT ON COLUMN marts.dyad_undated.source_id IS 'The state that acts.';
COMMENT ON COLUMN marts.dyad_undated.target_id IS 'The state to whom it is done.';
COMMENT ON COLUMN marts.dyad_undated.n_undated IS 'Events that happened or go on, on a day that is not known: the three counts that follow.';
COMMENT ON COLUMN marts.dyad_undated.n_date_unknown IS 'Of these, without any date.';
COMMENT ON COLUMN marts.dyad_undated.n_month_only IS 'Of these, exact to the month.';
COMMENT ON COLUMN marts.dyad_undated.n_year_only IS 'Of these, exact to the year.';
COMMENT ON COLUMN marts.dyad_undated.n_out_of_range IS 'Events dated before 1990, or after they were known.';
COMMENT ON COLUMN marts.dyad_undated.n_intended IS 'Events that are merely intended.';
COMMENT ON COLUMN marts.dyad_undated.n_hypothetical IS 'Events that are merely possible.';
COMMENT ON COLUMN marts.dyad_undated.n_denied IS 'Events that the text denies.';
COMMENT ON COLUMN marts.dyad_undated.n_reports IS 'Reports of all of these, by the origins.';
COMMENT ON COLUMN marts.dyad_undated.first_known_from IS 'When the first of these was known, UTC.';
COMMENT ON COLUMN marts.dyad_undated.last_known_from IS 'When the last of these was known, UTC.';
