-- Actors as spans of days that are alike: the rows of marts.actor_day.
-- grain: actor_id, from_date
-- vocabularies: deaths_12m_known_basis: core.overdose_vintages.basis; deaths_12m_known_missing_reason: too_old, withdrawn
-- calendar: actor_id by span
-- columns like: actor_day, but not: date
-- The spans are sorted before they become wide, and the joins keep that order: they are the side that streams, whatever the planner guesses.
SET disabled_optimizers = 'build_side_probe_side';
CREATE TABLE marts.actor_spans AS
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
news_days AS (
    SELECT date, max(coverage_share) AS coverage_share
    FROM core.news_coverage
    WHERE covers = 'events'
    GROUP BY date
),
news_changes AS (
    -- from these days on another share of the news is held
    SELECT unnest(CASE WHEN ends THEN [date, date + 1] ELSE [date] END) AS date
    FROM (
        SELECT
            date,
            lag({'date': date + 1, 'share': coverage_share}) OVER days IS DISTINCT FROM {'date': date, 'share': coverage_share} AS begins,
            lead(date) OVER days IS DISTINCT FROM date + 1 AS ends
        FROM news_days
        WINDOW days AS (ORDER BY date)
    )
    WHERE begins OR ends
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
changed AS (
    -- on these days alone a day of an actor may be unlike the one before
    SELECT actor_id, first_date AS date, 0 AS against, 0 AS own, 0 AS covered, 0 AS covered_of_all FROM calendars
    UNION ALL BY NAME
    SELECT actor_id, unnest([starts, ends]) AS date, unnest([against, -against]) AS against, unnest([own, -own]) AS own FROM clipped
    UNION ALL BY NAME
    SELECT
        c.actor_id,
        greatest(unnest([l.covered_from, l.covered_to]), c.first_date) AS date,
        unnest([1, -1]) AS covered_of_all,
        unnest([1, -1]) * CAST(l.source_id = c.actor_id AS INTEGER) AS covered
    FROM calendars AS c
    CROSS JOIN lists AS l
    UNION ALL BY NAME
    SELECT actor_id, unnest([date, date + 1]) AS date FROM parts
    UNION ALL BY NAME
    SELECT c.actor_id, n.date FROM calendars AS c CROSS JOIN news_changes AS n
    UNION ALL BY NAME
    -- the first morning on which another figure is known
    SELECT actor_id, CAST(known_at + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND AS DATE) AS date
    FROM (
        SELECT actor_id, known_at FROM figures
        UNION
        SELECT actor_id, known_from FROM vintages
        UNION
        SELECT actor_id, known_at FROM newest_seizures
    )
    UNION ALL BY NAME
    -- and on which it is too old
    SELECT actor_id, CAST(known_from AS DATE) + max_age_days + 1 AS date FROM vintages
),
steps AS (
    SELECT
        c.actor_id,
        c.date,
        k.last_date,
        coalesce(sum(c.against), 0) AS against,
        coalesce(sum(c.own), 0) AS own,
        coalesce(sum(c.covered), 0) AS covered,
        coalesce(sum(c.covered_of_all), 0) AS covered_of_all
    FROM changed AS c
    JOIN calendars AS k USING (actor_id)
    WHERE c.date BETWEEN k.first_date AND k.last_date
    GROUP BY ALL
),
spans AS (
    SELECT
        actor_id,
        date AS from_date,
        coalesce(lead(date) OVER actor, last_date + 1) AS to_date,
        CAST(sum(against) OVER actor AS BIGINT) AS n_against,
        CAST(sum(own) OVER actor AS BIGINT) AS n_own,
        -- where no list covers a day nothing is said of it
        nullif(CAST(sum(covered) OVER actor AS BIGINT), 0) AS n_covered,
        nullif(CAST(sum(covered_of_all) OVER actor AS BIGINT), 0) AS n_covered_of_all
    FROM steps
    WINDOW actor AS (PARTITION BY actor_id ORDER BY date)
),
known AS (
    SELECT
        s.*,
        f.period_end,
        f.predicted,
        f.reported,
        CAST(v.known_from AS DATE) AS vintage_date,
        v.max_age_days,
        z.n_events AS seizures,
        z.period_end AS seizures_period_end
    FROM spans AS s
    ASOF LEFT JOIN figures AS f ON f.actor_id = s.actor_id AND f.known_at <= CAST(s.from_date AS TIMESTAMP)
    ASOF LEFT JOIN vintages AS v ON v.actor_id = s.actor_id AND v.known_from <= CAST(s.from_date AS TIMESTAMP)
    ASOF LEFT JOIN newest_seizures AS z ON z.actor_id = s.actor_id AND z.known_at <= CAST(s.from_date AS TIMESTAMP)
)
SELECT
    c.actor_id,
    c.from_date,
    c.to_date,
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
        WHEN c.n_covered_of_all >= w.n_held THEN c.n_against
        WHEN c.n_covered_of_all > 0 THEN nullif(c.n_against, 0)
    END AS n_listings_in_force_against,
    CASE WHEN c.n_covered >= h.n_held THEN c.n_own WHEN c.n_covered > 0 THEN nullif(c.n_own, 0) END AS n_listings_in_force_by,
    CASE WHEN coalesce(c.from_date - c.vintage_date <= c.max_age_days, true) THEN coalesce(c.predicted, c.reported) END
        AS deaths_12m_known,
    c.period_end AS deaths_12m_known_period_end,
    CASE WHEN c.predicted IS NOT NULL THEN 'predicted' WHEN c.reported IS NOT NULL THEN 'reported' END AS deaths_12m_known_basis,
    c.seizures,
    c.seizures_period_end,
    n.coverage_share,
    c.vintage_date AS deaths_12m_known_vintage_date,
    c.from_date - c.vintage_date AS deaths_12m_known_vintage_age_days,
    CASE
        WHEN c.period_end IS NULL AND c.vintage_date IS NOT NULL THEN 'withdrawn'
        WHEN c.from_date - c.vintage_date > c.max_age_days THEN 'too_old'
    END AS deaths_12m_known_missing_reason,
    h.n_held AS n_lists_held,
    CASE WHEN h.n_held > 0 THEN coalesce(c.n_covered, 0) END AS n_lists_covered,
    w.n_held AS n_lists_held_of_all,
    coalesce(c.n_covered_of_all, 0) AS n_lists_covered_of_all
FROM (FROM known ORDER BY actor_id, from_date) AS c
LEFT JOIN core.actors AS a USING (actor_id)
LEFT JOIN parts AS p ON p.actor_id = c.actor_id AND p.date = c.from_date
CROSS JOIN all_held AS w
LEFT JOIN held_lists AS h ON h.source_id = c.actor_id
LEFT JOIN news_days AS n ON n.date = c.from_date;
RESET disabled_optimizers;
COMMENT ON TABLE marts.actor_spans IS 'Actors as spans of days that are alike: marts.actor_day has a row for each of their days. The spans of an actor follow each other without a gap.';
COMMENT ON COLUMN marts.actor_spans.from_date IS 'First day of the span.';
COMMENT ON COLUMN marts.actor_spans.to_date IS 'The day after its last.';
COMMENT ON COLUMN marts.actor_spans.deaths_12m_known_vintage_age_days IS 'Days from that vintage to the first day of the span.';
