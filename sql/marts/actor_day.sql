-- One actor on one day: its part in events, the listings that bind it, and the overdose and seizure figures known that morning.
-- grain: actor_id, date
-- vocabularies: deaths_12m_known_basis: core.overdose_vintages.basis; deaths_12m_known_missing_reason: too_old, withdrawn
-- calendar: actor_id by date
-- The figures, too, are laid out from spans in which they stand still, as in marts.dyad_day: a sort of all days, or a search by
-- day for each figure, outgrows the memory. The calendar is the side that streams, whatever the planner guesses.
-- warning: aggregation_hazard deaths_12m_known: never add up days or periods.
-- warning: early_release deaths_12m_known_basis: reported counts of the newest months are too low.
-- warning: aggregation_hazard seizures: it is a figure of a month: never add up days.
SET disabled_optimizers = 'build_side_probe_side';
CREATE TABLE marts.actor_day AS
WITH counted AS (
    -- the same events as in marts.dyad_day, but whatever the other side is
    SELECT source_id AS source_country_id, target_id AS target_country_id, date, 1 AS n_events FROM marts.events_one_a_day
    UNION ALL
    SELECT source_id, target_id, date, n_events FROM marts.event_counts
),
parts AS (
    -- 0 is for a day of which every slot of news is held, which is decided below
    SELECT
        actor_id,
        date,
        nullif(CAST(sum(as_source) AS BIGINT), 0) AS n_events_as_source,
        nullif(CAST(sum(as_target) AS BIGINT), 0) AS n_events_as_target
    FROM (
        SELECT source_country_id AS actor_id, date, n_events AS as_source, 0 AS as_target
        FROM counted
        WHERE source_country_id IS NOT NULL
        UNION ALL
        SELECT target_country_id, date, 0, n_events FROM counted WHERE target_country_id IS NOT NULL
    )
    GROUP BY ALL
),
lists AS (
    SELECT
        state_of(a) AS source_id,
        c.list_id,
        greatest(c.covered_from, first_panel_day()) AS covered_from,
        c.covered_to
    FROM core.list_coverage AS c
    JOIN core.sanction_lists AS s USING (list_id)
    JOIN core.actors AS a ON a.actor_id = s.authority_id
    WHERE c.known_to IS NULL AND c.covers = 'both' AND c.covered_to > first_panel_day()
),
held_lists AS (
    SELECT state_of(a) AS source_id, count(DISTINCT c.list_id) AS n_held
    FROM core.list_coverage AS c
    JOIN core.sanction_lists AS s USING (list_id)
    JOIN core.actors AS a ON a.actor_id = s.authority_id
    WHERE c.known_to IS NULL
    GROUP BY ALL
),
all_held AS (
    SELECT CAST(coalesce(sum(n_held), 0) AS BIGINT) AS n_held FROM held_lists
),
list_days AS (
    SELECT source_id, date, count(DISTINCT list_id) AS n_covered
    FROM (
        SELECT source_id, list_id, covered_from + CAST(unnest(range(covered_to - covered_from)) AS INTEGER) AS date
        FROM lists
    )
    GROUP BY ALL
),
any_list_days AS (
    SELECT date, CAST(sum(n_covered) AS BIGINT) AS n_covered FROM list_days GROUP BY date
),
news_days AS (
    SELECT date, max(coverage_share) AS coverage_share
    FROM core.news_coverage
    WHERE covers = 'events'
    GROUP BY date
),
deaths AS (
    SELECT
        actor_id,
        source,
        period_end,
        basis,
        known_from,
        coalesce(known_to, TIMESTAMP 'infinity') AS known_to,
        value
    FROM core.overdose_observations
    WHERE measure = 'deaths_12m' AND drug = 'all' AND basis IN ('reported', 'predicted') AND value IS NOT NULL
),
horizon AS (
    SELECT greatest(
        (SELECT max(date) FROM counted), (SELECT max(covered_to) - 1 FROM lists), (SELECT max(date) FROM news_days)
    ) AS last_date
),
calendars AS (
    SELECT actor_id, min(first_date) AS first_date, max(last_date) AS last_date
    FROM (
        SELECT p.actor_id, min(p.date) AS first_date, (SELECT last_date FROM horizon) AS last_date
        FROM parts AS p
        GROUP BY p.actor_id
        UNION ALL
        SELECT p.actor_id, (SELECT min(covered_from) FROM lists), (SELECT last_date FROM horizon)
        FROM (
            SELECT actor_id FROM parts
            UNION
            SELECT source_id FROM held_lists
            UNION
            SELECT target_id FROM marts.listing_dyads WHERE target_id IS NOT NULL
        ) AS p
        UNION ALL
        SELECT
            actor_id,
            CAST(min(known_from) AS DATE),
            CAST(max(CASE WHEN isfinite(known_to) THEN known_to ELSE known_from END) AS DATE) + 1
        FROM deaths
        GROUP BY actor_id
        UNION ALL
        SELECT actor_id, CAST(min(known_from) AS DATE), CAST(max(known_from) AS DATE) + 1
        FROM core.drug_seizures
        GROUP BY actor_id
        UNION ALL
        SELECT actor_id, NULL, (SELECT last_date FROM horizon) FROM deaths GROUP BY actor_id
        UNION ALL
        SELECT actor_id, NULL, (SELECT last_date FROM horizon) FROM core.drug_seizures GROUP BY actor_id
    )
    GROUP BY actor_id
    HAVING min(first_date) IS NOT NULL
),
intervals AS (
    SELECT DISTINCT target_id AS actor_id, listing_id, certain_from, certain_to, 1 AS against, 0 AS own
    FROM marts.listing_dyads
    WHERE target_id IS NOT NULL AND NOT is_by_link
    UNION ALL
    SELECT DISTINCT source_id, listing_id, certain_from, certain_to, 0, 1
    FROM marts.listing_dyads
),
clipped AS (
    SELECT i.actor_id, greatest(i.certain_from, c.first_date) AS starts, i.certain_to AS ends, i.against, i.own
    FROM intervals AS i
    JOIN calendars AS c USING (actor_id)
    WHERE i.certain_to > greatest(i.certain_from, c.first_date)
),
changes AS (
    SELECT actor_id, known_from AS known_at FROM deaths
    UNION
    SELECT actor_id, known_to FROM deaths WHERE isfinite(known_to)
),
spells AS (
    -- revisions of one figure follow each other without a gap: how long a period had any figure at all is one short table
    SELECT actor_id, period_end, min(known_from) AS known_from, max(known_to) AS known_to
    FROM (
        SELECT *, count(*) FILTER (is_new) OVER (PARTITION BY actor_id, period_end, basis ORDER BY known_from) AS spell
        FROM (
            SELECT
                *,
                lag(known_to) OVER (PARTITION BY actor_id, period_end, basis ORDER BY known_from)
                    IS DISTINCT FROM known_from AS is_new
            FROM deaths
        )
    )
    GROUP BY actor_id, period_end, basis, spell
),
newest AS (
    SELECT c.actor_id, c.known_at, max(s.period_end) AS period_end
    FROM changes AS c
    LEFT JOIN spells AS s ON s.actor_id = c.actor_id AND s.known_from <= c.known_at AND c.known_at < s.known_to
    GROUP BY ALL
),
figures AS (
    SELECT
        n.actor_id,
        n.known_at,
        n.period_end,
        max(d.value) FILTER (d.basis = 'predicted') AS predicted,
        max(d.value) FILTER (d.basis = 'reported') AS reported
    FROM newest AS n
    LEFT JOIN deaths AS d
        ON d.actor_id = n.actor_id AND d.period_end = n.period_end AND d.known_from <= n.known_at AND n.known_at < d.known_to
    GROUP BY ALL
),
vintages AS (
    -- a figure that a newer vintage repeats is as old as that vintage
    SELECT k.actor_id, k.known_from, max(s.max_age_days) AS max_age_days
    FROM (
        SELECT actor_id, source, known_from FROM deaths
        UNION
        SELECT actor_id, source, known_from FROM core.overdose_vintages WHERE measure = 'deaths_12m' AND drug = 'all'
    ) AS k
    LEFT JOIN meta.sources AS s ON s.source = k.source
    GROUP BY ALL
),
seizures AS (
    SELECT actor_id, period_end, n_events, known_from, coalesce(known_to, TIMESTAMP 'infinity') AS known_to
    FROM core.drug_seizures
),
newest_seizures AS (
    SELECT k.actor_id, k.known_at, s.period_end, CAST(sum(s.n_events) AS BIGINT) AS n_events
    FROM (
        SELECT actor_id, known_from AS known_at FROM seizures
        UNION
        SELECT actor_id, known_to FROM seizures WHERE isfinite(known_to)
    ) AS k
    LEFT JOIN seizures AS s ON s.actor_id = k.actor_id AND s.known_from <= k.known_at AND k.known_at < s.known_to
    GROUP BY k.actor_id, k.known_at, s.period_end
    QUALIFY row_number() OVER (PARTITION BY k.actor_id, k.known_at ORDER BY s.period_end DESC NULLS LAST) = 1
),
cuts AS (
    -- the first morning on which another figure is known: between two of these the figures stand still
    SELECT actor_id, CAST(known_at + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND AS DATE) AS date
    FROM (
        SELECT actor_id, known_at FROM figures
        UNION
        SELECT actor_id, known_from FROM vintages
        UNION
        SELECT actor_id, known_at FROM newest_seizures
    )
),
steps AS (
    SELECT c.actor_id, c.date, sum(c.against) AS against, sum(c.own) AS own
    FROM (
        SELECT actor_id, first_date AS date, 0 AS against, 0 AS own FROM calendars
        UNION ALL
        SELECT actor_id, starts, against, own FROM clipped
        UNION ALL
        SELECT actor_id, ends, -against, -own FROM clipped
        UNION ALL
        SELECT actor_id, date, 0, 0 FROM cuts
    ) AS c
    JOIN calendars AS k USING (actor_id)
    WHERE c.date BETWEEN k.first_date AND k.last_date
    GROUP BY ALL
),
spans AS (
    SELECT
        s.actor_id,
        s.date,
        coalesce(lead(s.date) OVER actor, k.last_date + 1) - s.date AS n_days,
        CAST(sum(s.against) OVER actor AS BIGINT) AS n_against,
        CAST(sum(s.own) OVER actor AS BIGINT) AS n_own
    FROM steps AS s
    JOIN calendars AS k USING (actor_id)
    WINDOW actor AS (PARTITION BY s.actor_id ORDER BY s.date)
),
known AS (
    SELECT
        s.actor_id,
        s.date,
        s.n_days,
        s.n_against,
        s.n_own,
        f.period_end,
        f.predicted,
        f.reported,
        CAST(v.known_from AS DATE) AS vintage_date,
        v.max_age_days,
        z.n_events AS seizures,
        z.period_end AS seizures_period_end
    FROM spans AS s
    ASOF LEFT JOIN figures AS f ON f.actor_id = s.actor_id AND f.known_at <= CAST(s.date AS TIMESTAMP)
    ASOF LEFT JOIN vintages AS v ON v.actor_id = s.actor_id AND v.known_from <= CAST(s.date AS TIMESTAMP)
    ASOF LEFT JOIN newest_seizures AS z ON z.actor_id = s.actor_id AND z.known_at <= CAST(s.date AS TIMESTAMP)
),
calendar AS (
    SELECT
        k.* EXCLUDE (date, n_days),
        k.date + CAST(unnest(range(k.n_days)) AS INTEGER) AS date
    -- in order, and the joins keep it
    FROM (FROM known ORDER BY actor_id, date) AS k
)
SELECT
    c.actor_id,
    c.date,
    CASE
        WHEN (a.kind NOT IN ('subdivision', 'city', 'organisation') OR dyad_side(a.actor_id, NULL) IS NOT NULL) AND n.coverage_share >= 1 THEN coalesce(p.n_events_as_source, 0)
        ELSE p.n_events_as_source
    END AS n_events_as_source,
    CASE
        WHEN (a.kind NOT IN ('subdivision', 'city', 'organisation') OR dyad_side(a.actor_id, NULL) IS NOT NULL) AND n.coverage_share >= 1 THEN coalesce(p.n_events_as_target, 0)
        ELSE p.n_events_as_target
    END AS n_events_as_target,
    CASE
        WHEN a.kind IN ('subdivision', 'city') THEN NULL
        WHEN l.n_covered >= w.n_held THEN c.n_against
        WHEN l.n_covered > 0 THEN nullif(c.n_against, 0)
    END AS n_listings_in_force_against,
    CASE WHEN o.n_covered >= h.n_held THEN c.n_own WHEN o.n_covered > 0 THEN nullif(c.n_own, 0) END AS n_listings_in_force_by,
    CASE WHEN coalesce(c.date - c.vintage_date <= c.max_age_days, true) THEN coalesce(c.predicted, c.reported) END
        AS deaths_12m_known,
    c.period_end AS deaths_12m_known_period_end,
    CASE WHEN c.predicted IS NOT NULL THEN 'predicted' WHEN c.reported IS NOT NULL THEN 'reported' END AS deaths_12m_known_basis,
    c.seizures,
    c.seizures_period_end,
    n.coverage_share,
    c.vintage_date AS deaths_12m_known_vintage_date,
    c.date - c.vintage_date AS deaths_12m_known_vintage_age_days,
    CASE
        WHEN c.period_end IS NULL AND c.vintage_date IS NOT NULL THEN 'withdrawn'
        WHEN c.date - c.vintage_date > c.max_age_days THEN 'too_old'
    END AS deaths_12m_known_missing_reason,
    h.n_held AS n_lists_held,
    CASE WHEN h.n_held > 0 THEN coalesce(o.n_covered, 0) END AS n_lists_covered,
    w.n_held AS n_lists_held_of_all,
    coalesce(l.n_covered, 0) AS n_lists_covered_of_all
FROM calendar AS c
LEFT JOIN core.actors AS a USING (actor_id)
LEFT JOIN parts AS p USING (actor_id, date)
CROSS JOIN all_held AS w
LEFT JOIN any_list_days AS l USING (date)
LEFT JOIN held_lists AS h ON h.source_id = c.actor_id
LEFT JOIN list_days AS o ON o.source_id = c.actor_id AND o.date = c.date
LEFT JOIN news_days AS n ON n.date = c.date;
RESET disabled_optimizers;
COMMENT ON TABLE marts.actor_day IS 'Actors by day: states that act in events or are named by a list, authorities'' states, and jurisdictions with overdose or seizure figures. A complete calendar for each actor: 0 is a quiet day, NULL a day or an actor that the data do not cover. Listings and events by current knowledge; the overdose and seizure figures as known at 00:00 UTC of the day: no look-ahead.';
COMMENT ON COLUMN marts.actor_day.actor_id IS 'The actor.';
COMMENT ON COLUMN marts.actor_day.date IS 'The day.';
COMMENT ON COLUMN marts.actor_day.n_events_as_source IS 'Events of the day (one a day per pair of parties and code: marts.events_one_a_day) in which the state acted, whoever the target (itself and unknown ones too), as far as known. Where there is none: 0 if all news slots of the day are available (coverage_share 1), else NULL. NULL for subdivisions, and for organisations but the EU and the UN, whose events are not counted.';
COMMENT ON COLUMN marts.actor_day.n_events_as_target IS 'Events of the day done to the state, whoever acted; 0 and NULL as in n_events_as_source.';
COMMENT ON COLUMN marts.actor_day.n_listings_in_force_against IS 'Listings of parties of the state certain to be in force that day, on all lists here: their number where all lists are covered (n_lists_covered_of_all), a lower bound where some are, and then NULL, not 0, where there is none. NULL where no list is covered.';
COMMENT ON COLUMN marts.actor_day.n_listings_in_force_by IS 'Listings in force that day on the lists of the state''s own authorities, of parties of any state or none: lower bound and NULL by n_lists_covered, as in n_listings_in_force_against.';
COMMENT ON COLUMN marts.actor_day.deaths_12m_known IS 'Drug overdose deaths over the 12 months to deaths_12m_known_period_end, the newest figure known at 00:00 UTC of the day: predicted where there is one, else reported. NULL where its vintage was older than the source allows (meta.sources.max_age_days): see deaths_12m_known_missing_reason.';
COMMENT ON COLUMN marts.actor_day.deaths_12m_known_period_end IS 'Last day of the 12 months of the newest figure known that morning, also where it is too old to be given.';
COMMENT ON COLUMN marts.actor_day.deaths_12m_known_basis IS 'predicted or reported: of that figure.';
COMMENT ON COLUMN marts.actor_day.seizures IS 'Number of drug seizures by the state''s authority in the month that ends with seizures_period_end, the newest month known at 00:00 UTC of the day.';
COMMENT ON COLUMN marts.actor_day.seizures_period_end IS 'Last day of the month that seizures covers.';
COMMENT ON COLUMN marts.actor_day.coverage_share IS 'Share of the day''s news slots that are available, 0 to 1 (the best covered source); NULL where there are no data.';
COMMENT ON COLUMN marts.actor_day.deaths_12m_known_vintage_date IS 'Day (UTC) of the newest vintage of the counts known on that morning.';
COMMENT ON COLUMN marts.actor_day.deaths_12m_known_vintage_age_days IS 'Days from that vintage to the day.';
COMMENT ON COLUMN marts.actor_day.deaths_12m_known_missing_reason IS 'Why deaths_12m_known is NULL though a vintage was known: too_old (beyond meta.sources.max_age_days) or withdrawn.';
COMMENT ON COLUMN marts.actor_day.n_lists_held IS 'Lists of the state''s own authorities on which there are data; NULL where there are data on none.';
COMMENT ON COLUMN marts.actor_day.n_lists_covered IS 'Those of them that cover the day, additions and removals (core.list_coverage).';
COMMENT ON COLUMN marts.actor_day.n_lists_held_of_all IS 'Lists of all authorities on which there are data.';
COMMENT ON COLUMN marts.actor_day.n_lists_covered_of_all IS 'Those of them that cover the day.';
