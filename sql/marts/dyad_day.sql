-- What one state did to another on one day, and how many of its parties it had on its lists, by current knowledge.
-- grain: source_id, target_id, date
-- The calendar may have millions of rows, and a sort of rows this wide outgrows the memory. So the few spans are sorted before
-- they are laid out, and the joins keep that order: the calendar is the side that streams, whatever the planner guesses.
SET disabled_optimizers = 'build_side_probe_side';
CREATE TABLE marts.dyad_day AS
WITH counted AS (
    SELECT
        source_id,
        target_id,
        date,
        count(*) AS n_events,
        CAST(sum(n_reports) AS BIGINT) AS n_reports,
        count(*) FILTER (quad_schrodt = 1) AS n_verbal_cooperation,
        count(*) FILTER (quad_schrodt = 2) AS n_material_cooperation,
        count(*) FILTER (quad_schrodt = 3) AS n_verbal_conflict,
        count(*) FILTER (quad_schrodt = 4) AS n_material_conflict,
        count(goldstein) AS n_goldstein,
        -- exact decimals: a sum of floats would depend on the order of the rows
        CAST(sum(CAST(goldstein AS DECIMAL(18, 4))) AS DOUBLE) AS goldstein_sum,
        CAST(sum(greatest(CAST(goldstein AS DECIMAL(18, 4)), 0)) AS DOUBLE) AS goldstein_pos_sum,
        CAST(sum(least(CAST(goldstein AS DECIMAL(18, 4)), 0)) AS DOUBLE) AS goldstein_neg_sum,
        count(*) FILTER (plover_event = 'AGREE') AS n_agree,
        count(*) FILTER (plover_event = 'CONSULT') AS n_consult,
        count(*) FILTER (plover_event = 'SUPPORT') AS n_support,
        count(*) FILTER (plover_event = 'CONCEDE') AS n_concede,
        count(*) FILTER (plover_event = 'COOPERATE') AS n_cooperate,
        count(*) FILTER (plover_event = 'AID') AS n_aid,
        count(*) FILTER (plover_event = 'RETREAT') AS n_retreat,
        count(*) FILTER (plover_event = 'REQUEST') AS n_request,
        count(*) FILTER (plover_event = 'ACCUSE') AS n_accuse,
        count(*) FILTER (plover_event = 'REJECT') AS n_reject,
        count(*) FILTER (plover_event = 'THREATEN') AS n_threaten,
        count(*) FILTER (plover_event = 'PROTEST') AS n_protest,
        count(*) FILTER (plover_event = 'SANCTION') AS n_sanction,
        count(*) FILTER (plover_event = 'MOBILIZE') AS n_mobilize,
        count(*) FILTER (plover_event = 'COERCE') AS n_coerce,
        count(*) FILTER (plover_event = 'ASSAULT') AS n_assault,
        count(*) FILTER (plover_event IS NULL) AS n_no_plover
    FROM marts.events_one_a_day
    WHERE source_id <> target_id
    GROUP BY ALL
),
lists AS (
    SELECT
        CASE WHEN a.kind = 'state' THEN a.actor_id ELSE coalesce(a.country_id, a.parent_id, a.actor_id) END AS source_id,
        greatest(s.covered_from, DATE '1990-01-01') AS covered_from,
        s.covered_until
    FROM core.sanction_lists AS s
    JOIN core.actors AS a ON a.actor_id = s.authority_id
    WHERE s.covered_from IS NOT NULL AND s.covered_until >= DATE '1990-01-01'
),
list_days AS (
    SELECT DISTINCT source_id, covered_from + CAST(unnest(range(covered_until - covered_from + 1)) AS INTEGER) AS date
    FROM lists
),
news_days AS (
    SELECT date, max(coverage_share) AS coverage_share
    FROM core.news_coverage
    WHERE covers = 'events'
    GROUP BY date
),
horizon AS (
    SELECT greatest(
        (SELECT max(date) FROM counted), (SELECT max(covered_until) FROM lists), (SELECT max(date) FROM news_days)
    ) AS last_date
),
targets AS (
    SELECT source_id, target_id, listing_id, valid_from, valid_to
    FROM marts.listing_dyads
    WHERE source_id <> target_id
),
acts AS (
    SELECT
        t.source_id,
        t.target_id,
        e.event_date AS date,
        count(DISTINCT e.event_id) FILTER (e.kind = 'added') AS n_listings_added,
        count(DISTINCT e.event_id) FILTER (e.kind = 'removed') AS n_listings_removed
    FROM core.sanction_events AS e
    JOIN targets AS t USING (listing_id)
    WHERE e.kind IN ('added', 'removed')
    GROUP BY ALL
),
facts AS (
    SELECT source_id, target_id, min(date) AS first_date FROM counted GROUP BY ALL
    UNION ALL
    SELECT DISTINCT source_id, target_id, CAST(NULL AS DATE) FROM targets
),
list_starts AS (
    SELECT source_id, min(covered_from) AS first_date FROM lists GROUP BY ALL
),
pairs AS (
    -- both directions of a pair share one calendar, so that they can be laid side by side
    SELECT
        least(f.source_id, f.target_id) AS low_id,
        greatest(f.source_id, f.target_id) AS high_id,
        least(min(f.first_date), min(low.first_date), min(high.first_date)) AS first_date
    FROM facts AS f
    LEFT JOIN list_starts AS low ON low.source_id = least(f.source_id, f.target_id)
    LEFT JOIN list_starts AS high ON high.source_id = greatest(f.source_id, f.target_id)
    GROUP BY ALL
),
dyads AS (
    SELECT low_id AS source_id, high_id AS target_id, first_date FROM pairs WHERE first_date IS NOT NULL
    UNION ALL
    SELECT high_id, low_id, first_date FROM pairs WHERE first_date IS NOT NULL
),
changes AS (
    SELECT source_id, target_id, first_date AS date, 0 AS delta FROM dyads
    UNION ALL
    SELECT d.source_id, d.target_id, greatest(coalesce(t.valid_from, d.first_date), d.first_date), 1
    FROM dyads AS d
    JOIN targets AS t USING (source_id, target_id)
    WHERE t.valid_to IS NULL OR t.valid_to > greatest(coalesce(t.valid_from, d.first_date), d.first_date)
    UNION ALL
    SELECT d.source_id, d.target_id, t.valid_to, -1
    FROM dyads AS d
    JOIN targets AS t USING (source_id, target_id)
    WHERE t.valid_to > greatest(coalesce(t.valid_from, d.first_date), d.first_date)
),
steps AS (
    SELECT c.source_id, c.target_id, c.date, CAST(sum(c.delta) AS BIGINT) AS delta
    FROM changes AS c, horizon AS h
    WHERE c.date <= h.last_date
    GROUP BY ALL
),
spans AS (
    -- the count changes on few days: it is summed over these alone, then each span is laid out day by day
    SELECT
        s.source_id,
        s.target_id,
        s.date,
        coalesce(lead(s.date) OVER dyad, h.last_date + 1) - s.date AS n_days,
        CAST(sum(s.delta) OVER dyad AS BIGINT) AS n_in_force
    FROM steps AS s, horizon AS h
    WINDOW dyad AS (PARTITION BY s.source_id, s.target_id ORDER BY s.date)
),
calendar AS (
    SELECT source_id, target_id, date + CAST(unnest(range(n_days)) AS INTEGER) AS date, n_in_force
    FROM (SELECT * FROM spans ORDER BY source_id, target_id, date)
)
-- without an event, only a day of which every slot is held is known to be quiet
SELECT
    d.source_id,
    d.target_id,
    d.date,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_events, 0) ELSE e.n_events END AS n_events,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_reports, 0) ELSE e.n_reports END AS n_reports,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_verbal_cooperation, 0) ELSE e.n_verbal_cooperation END AS n_verbal_cooperation,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_material_cooperation, 0) ELSE e.n_material_cooperation END AS n_material_cooperation,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_verbal_conflict, 0) ELSE e.n_verbal_conflict END AS n_verbal_conflict,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_material_conflict, 0) ELSE e.n_material_conflict END AS n_material_conflict,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_goldstein, 0) ELSE e.n_goldstein END AS n_goldstein,
    CASE WHEN e.n_events IS NULL AND n.coverage_share >= 1 THEN 0.0 ELSE e.goldstein_sum END AS goldstein_sum,
    CASE WHEN e.n_events IS NULL AND n.coverage_share >= 1 THEN 0.0 ELSE e.goldstein_pos_sum END AS goldstein_pos_sum,
    CASE WHEN e.n_events IS NULL AND n.coverage_share >= 1 THEN 0.0 ELSE e.goldstein_neg_sum END AS goldstein_neg_sum,
    e.goldstein_sum / e.n_goldstein AS goldstein_mean,
    (e.n_verbal_conflict + e.n_material_conflict) / e.n_events AS conflict_share,
    e.n_material_conflict / e.n_events AS material_conflict_share,
    CASE WHEN l.date IS NOT NULL THEN coalesce(a.n_listings_added, 0) END AS n_listings_added,
    CASE WHEN l.date IS NOT NULL THEN coalesce(a.n_listings_removed, 0) END AS n_listings_removed,
    CASE WHEN l.date IS NOT NULL THEN d.n_in_force END AS n_listings_in_force,
    n.coverage_share,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_agree, 0) ELSE e.n_agree END AS n_agree,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_consult, 0) ELSE e.n_consult END AS n_consult,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_support, 0) ELSE e.n_support END AS n_support,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_concede, 0) ELSE e.n_concede END AS n_concede,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_cooperate, 0) ELSE e.n_cooperate END AS n_cooperate,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_aid, 0) ELSE e.n_aid END AS n_aid,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_retreat, 0) ELSE e.n_retreat END AS n_retreat,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_request, 0) ELSE e.n_request END AS n_request,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_accuse, 0) ELSE e.n_accuse END AS n_accuse,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_reject, 0) ELSE e.n_reject END AS n_reject,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_threaten, 0) ELSE e.n_threaten END AS n_threaten,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_protest, 0) ELSE e.n_protest END AS n_protest,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_sanction, 0) ELSE e.n_sanction END AS n_sanction,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_mobilize, 0) ELSE e.n_mobilize END AS n_mobilize,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_coerce, 0) ELSE e.n_coerce END AS n_coerce,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_assault, 0) ELSE e.n_assault END AS n_assault,
    CASE WHEN n.coverage_share >= 1 THEN coalesce(e.n_no_plover, 0) ELSE e.n_no_plover END AS n_no_plover
FROM calendar AS d
LEFT JOIN counted AS e USING (source_id, target_id, date)
LEFT JOIN acts AS a USING (source_id, target_id, date)
LEFT JOIN list_days AS l USING (source_id, date)
LEFT JOIN news_days AS n USING (date);
RESET disabled_optimizers;
COMMENT ON TABLE marts.dyad_day IS 'Directed dyads of states by day, by current knowledge (as known on a day: dyad_panel_as_known). A complete calendar: 0 is a quiet day, NULL one that may have been quiet or not, since what is held does not cover it. Self-dyads are left out (marts.self_dyad_day), events without a known day too (marts.dyad_undated); Hong Kong, Macao and Taiwan are actors of their own, the UN and the EU sources of sanctions. REPORTS ARE NOT EVENTS: n_events counts one event a day per pair of parties and code over all origins, n_reports every report.';
COMMENT ON COLUMN marts.dyad_day.source_id IS 'The state that acted.';
COMMENT ON COLUMN marts.dyad_day.target_id IS 'The state to whom it was done.';
COMMENT ON COLUMN marts.dyad_day.date IS 'The day.';
COMMENT ON COLUMN marts.dyad_day.n_events IS 'Events of the day as marts.events_one_a_day counts them (one a day per pair of parties and code), as far as held. Where there is none: 0 if all news slots of the day are held (coverage_share 1), else NULL: a missing slot is a gap, not a quiet day. The same holds of the counts below; compare days only with their coverage_share.';
COMMENT ON COLUMN marts.dyad_day.n_reports IS 'All reports of these events, by the origins: attention, not events.';
COMMENT ON COLUMN marts.dyad_day.n_verbal_cooperation IS 'Events of quad class 1 after Schrodt.';
COMMENT ON COLUMN marts.dyad_day.n_material_cooperation IS 'Events of quad class 2 after Schrodt.';
COMMENT ON COLUMN marts.dyad_day.n_verbal_conflict IS 'Events of quad class 3 after Schrodt (GDELT''s own quad has root 09 under 2).';
COMMENT ON COLUMN marts.dyad_day.n_material_conflict IS 'Events of quad class 4 after Schrodt (GDELT''s own quad has root 14 under 3).';
COMMENT ON COLUMN marts.dyad_day.n_goldstein IS 'Events that have a Goldstein value: the denominator of goldstein_mean. POLECAT has none.';
COMMENT ON COLUMN marts.dyad_day.goldstein_sum IS 'Sum of Goldstein values (-10 conflict to 10 cooperation, each event); 0 on a quiet day, NULL where n_events is or no event has a value.';
COMMENT ON COLUMN marts.dyad_day.goldstein_pos_sum IS 'Sum of the Goldstein values above 0; NULL where goldstein_sum is.';
COMMENT ON COLUMN marts.dyad_day.goldstein_neg_sum IS 'Sum of the Goldstein values below 0, a number of 0 or less; NULL where goldstein_sum is.';
COMMENT ON COLUMN marts.dyad_day.goldstein_mean IS 'Mean over events of Goldstein values, -10 to 10; NULL where no event has one.';
COMMENT ON COLUMN marts.dyad_day.conflict_share IS 'Share of verbal and material conflict in n_events, 0 to 1; NULL where there is no event.';
COMMENT ON COLUMN marts.dyad_day.material_conflict_share IS 'Share of material conflict in n_events, 0 to 1; NULL where there is no event.';
COMMENT ON COLUMN marts.dyad_day.n_listings_added IS 'Parties of the target put on a list by the source that day. A party of several states counts in each. A re-issued id is no addition. NULL outside the days that the lists held cover.';
COMMENT ON COLUMN marts.dyad_day.n_listings_removed IS 'Parties of the target taken off a list that day. NULL outside the days that the lists held cover.';
COMMENT ON COLUMN marts.dyad_day.n_listings_in_force IS 'Listings of parties of the target in force that day on all lists of the source that are held; left-censored ones count from the first day. NULL outside the days that the lists held cover. Suspended listings count, since they stand on the list: marts.list_changes tells them apart.';
COMMENT ON COLUMN marts.dyad_day.coverage_share IS 'Share of the day''s news slots that are held, 0 to 1 (the best covered source of events); NULL where none is held.';
COMMENT ON COLUMN marts.dyad_day.n_agree IS 'Events of the PLOVER class AGREE.';
COMMENT ON COLUMN marts.dyad_day.n_consult IS 'Events of the PLOVER class CONSULT.';
COMMENT ON COLUMN marts.dyad_day.n_support IS 'Events of the PLOVER class SUPPORT.';
COMMENT ON COLUMN marts.dyad_day.n_concede IS 'Events of the PLOVER class CONCEDE.';
COMMENT ON COLUMN marts.dyad_day.n_cooperate IS 'Events of the PLOVER class COOPERATE.';
COMMENT ON COLUMN marts.dyad_day.n_aid IS 'Events of the PLOVER class AID.';
COMMENT ON COLUMN marts.dyad_day.n_retreat IS 'Events of the PLOVER class RETREAT.';
COMMENT ON COLUMN marts.dyad_day.n_request IS 'Events of the PLOVER class REQUEST.';
COMMENT ON COLUMN marts.dyad_day.n_accuse IS 'Events of the PLOVER class ACCUSE.';
COMMENT ON COLUMN marts.dyad_day.n_reject IS 'Events of the PLOVER class REJECT.';
COMMENT ON COLUMN marts.dyad_day.n_threaten IS 'Events of the PLOVER class THREATEN.';
COMMENT ON COLUMN marts.dyad_day.n_protest IS 'Events of the PLOVER class PROTEST.';
COMMENT ON COLUMN marts.dyad_day.n_sanction IS 'Events of the PLOVER class SANCTION.';
COMMENT ON COLUMN marts.dyad_day.n_mobilize IS 'Events of the PLOVER class MOBILIZE.';
COMMENT ON COLUMN marts.dyad_day.n_coerce IS 'Events of the PLOVER class COERCE.';
COMMENT ON COLUMN marts.dyad_day.n_assault IS 'Events of the PLOVER class ASSAULT.';
COMMENT ON COLUMN marts.dyad_day.n_no_plover IS 'Events without a PLOVER class: statements and appeals, CAMEO roots 01 and 02.';
