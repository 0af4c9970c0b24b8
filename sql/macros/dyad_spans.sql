-- The days of one pair of states or of all, both directions, as spans of days that are alike: the one body of marts.dyad_day and of what is known of it at a moment.
-- events, counts, listings, acts: names of the tables (also of a WITH) that hold what marts.events_one_a_day, marts.event_counts,
-- marts.listing_dyads and marts.official_act_dyads hold, as known at the moment. a, b: actor ids of the two states; both NULL: all dyads. known: the moment, UTC; a DATE is its first instant.
-- Result: the columns of marts.dyad_day with from_date and to_date in place of the day. Only rows of core with known_from at or before the moment are read: no look-ahead.
-- The spans of a dyad follow each other without a gap from the first to the last day of its calendar.
-- coverage_share counts the slots that were out by then. Of a day still running it is the most that can have been available (exact
-- where none is missing): core.news_coverage says how many slots are available, and of these dates only the first.
-- Column from_date: First day of the span.
-- Column to_date: The day after its last.
-- Column lists_vintage_age_days: Days from lists_vintage_date to the first day of the span; 0 where it is later.
-- Example: FROM dyad_spans('marts.events_one_a_day', 'marts.event_counts', 'marts.listing_dyads', 'marts.official_act_dyads', 'USA', 'CHN', end_of_time());
CREATE OR REPLACE MACRO dyad_spans(events, counts, listings, acts, a, b, known) AS TABLE
WITH told AS NOT MATERIALIZED (
    -- read twice, so that what is asked of some pairs reads the rows of these alone to count them
    SELECT e.source_id, e.target_id, e.date, 1 AS n, e.n_reports, e.quad_schrodt, e.goldstein, e.plover_event, e.cameo_code
    FROM query_table(events) AS e
    WHERE e.source_id <> e.target_id
    UNION ALL
    -- of these no single event is kept
    SELECT c.source_id, c.target_id, c.date, c.n_events, c.n_reports, c.quad_schrodt, c.goldstein, c.plover_event, c.cameo_code
    FROM query_table(counts) AS c
    WHERE c.source_id <> c.target_id
),
counted AS MATERIALIZED (
    SELECT
        e.source_id,
        e.target_id,
        e.date,
        CAST(sum(e.n) AS BIGINT) AS n_events,
        CAST(sum(e.n_reports) AS BIGINT) AS n_reports,
        CAST(coalesce(sum(e.n) FILTER (e.quad_schrodt = 1), 0) AS BIGINT) AS n_verbal_cooperation,
        CAST(coalesce(sum(e.n) FILTER (e.quad_schrodt = 2), 0) AS BIGINT) AS n_material_cooperation,
        CAST(coalesce(sum(e.n) FILTER (e.quad_schrodt = 3), 0) AS BIGINT) AS n_verbal_conflict,
        CAST(coalesce(sum(e.n) FILTER (e.quad_schrodt = 4), 0) AS BIGINT) AS n_material_conflict,
        CAST(coalesce(sum(e.n) FILTER (e.goldstein IS NOT NULL), 0) AS BIGINT) AS n_goldstein,
        -- exact decimals: a sum of floats would depend on the order of the rows
        CAST(sum(e.n * CAST(e.goldstein AS DECIMAL(18, 4))) AS DOUBLE) AS goldstein_sum,
        CAST(sum(e.n * greatest(CAST(e.goldstein AS DECIMAL(18, 4)), 0)) AS DOUBLE) AS goldstein_pos_sum,
        CAST(sum(e.n * least(CAST(e.goldstein AS DECIMAL(18, 4)), 0)) AS DOUBLE) AS goldstein_neg_sum,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'AGREE'), 0) AS BIGINT) AS n_agree,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'CONSULT'), 0) AS BIGINT) AS n_consult,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'SUPPORT'), 0) AS BIGINT) AS n_support,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'CONCEDE'), 0) AS BIGINT) AS n_concede,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'COOPERATE'), 0) AS BIGINT) AS n_cooperate,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'AID'), 0) AS BIGINT) AS n_aid,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'RETREAT'), 0) AS BIGINT) AS n_retreat,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'REQUEST'), 0) AS BIGINT) AS n_request,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'ACCUSE'), 0) AS BIGINT) AS n_accuse,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'REJECT'), 0) AS BIGINT) AS n_reject,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'THREATEN'), 0) AS BIGINT) AS n_threaten,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'PROTEST'), 0) AS BIGINT) AS n_protest,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'SANCTION'), 0) AS BIGINT) AS n_sanction,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'MOBILIZE'), 0) AS BIGINT) AS n_mobilize,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'COERCE'), 0) AS BIGINT) AS n_coerce,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event = 'ASSAULT'), 0) AS BIGINT) AS n_assault,
        CAST(coalesce(sum(e.n) FILTER (e.plover_event IS NULL), 0) AS BIGINT) AS n_no_plover,
        CAST(coalesce(sum(e.n) FILTER (e.cameo_code IN ('163', '172')), 0) AS BIGINT) AS n_economic_sanctions,
        CAST(coalesce(sum(e.n) FILTER (e.cameo_code = '085'), 0) AS BIGINT) AS n_sanctions_eased
    FROM told AS e
    GROUP BY e.source_id, e.target_id, e.date
),
seen AS (
    SELECT t.source_id, t.target_id, min(t.date) AS first_date, max(t.date) AS last_date
    FROM told AS t
    GROUP BY t.source_id, t.target_id
),
latest AS (
    -- the calendar ends with the last event of any dyad: those told of are all, or those of the pair
    SELECT greatest(
        (SELECT max(s.last_date) FROM seen AS s),
        (
            SELECT max(e.event_date)
            FROM core.events AS e
            WHERE coalesce(a, b) IS NOT NULL
                AND happened_on_a_day(e)
                AND e.known_from <= CAST(known AS TIMESTAMP)
                AND dyad_side(e.source_id, e.source_country_id) <> dyad_side(e.target_id, e.target_country_id)
        ),
        (
            SELECT max(d.event_date)
            FROM core.event_days AS d
            WHERE coalesce(a, b) IS NOT NULL
                AND d.known_from <= CAST(known AS TIMESTAMP)
                AND dyad_side(d.source_id, d.source_country_id) <> dyad_side(d.target_id, d.target_country_id)
        )
    ) AS date
),
lists AS (
    SELECT
        state_of(n) AS source_id,
        c.list_id,
        c.covers,
        greatest(c.covered_from, first_panel_day()) AS covered_from,
        c.covered_to,
        c.vintage_date,
        s.target_ids
    FROM list_coverage_as_known(known) AS c
    JOIN core.sanction_lists AS s ON s.list_id = c.list_id
    JOIN core.actors AS n ON n.actor_id = s.authority_id
),
whole AS (
    SELECT l.source_id, l.list_id, l.covered_from, l.covered_to, l.target_ids
    FROM lists AS l
    WHERE l.covers = 'both' AND l.covered_to > first_panel_day()
),
unknown_steps AS (
    -- in force, of a state that is not known: counted once for a source and day, whatever the number of its dyads
    SELECT u.source_id, u.date, CAST(sum(u.n) AS BIGINT) AS n_unknown
    FROM (
        SELECT
            t.source_id,
            unnest([greatest(t.seen_from, first_panel_day()), coalesce(t.valid_to, DATE 'infinity')]) AS date,
            unnest([1, -1]) AS n
        FROM query_table(listings) AS t
        WHERE t.target_id IS NULL AND coalesce(t.valid_to, DATE 'infinity') > greatest(t.seen_from, first_panel_day())
    ) AS u
    WHERE (a IS NULL AND b IS NULL) OR u.source_id IN (a, b)
    GROUP BY u.source_id, u.date
),
news_days AS (
    -- slots follow each other in equal steps from the first one held; each is known at its time
    SELECT
        n.date,
        max(
            least(
                n.coverage_share,
                (
                    (epoch_us(least(CAST(known AS TIMESTAMP), n.known_from + INTERVAL 1 DAY)) - epoch_us(n.known_from))
                    // (86400000000 // n.n_slots_expected) + 1
                ) / n.n_slots_expected
            )
        ) AS coverage_share
    FROM core.news_coverage AS n
    WHERE n.known_from <= CAST(known AS TIMESTAMP) AND n.covers = 'events'
    GROUP BY n.date
),
pair_days AS (
    -- days held of two states alone, whole
    SELECT DISTINCT unnest([p.low_id, p.high_id]) AS source_id, unnest([p.high_id, p.low_id]) AS target_id, p.date
    FROM core.news_pair_coverage AS p
    WHERE p.known_from <= CAST(known AS TIMESTAMP) AND is_pair(p.low_id, p.high_id, a, b)
),
horizon AS (
    SELECT greatest(
        (SELECT t.date FROM latest AS t),
        (
            SELECT max(s.event_date)
            FROM core.sanction_events AS s
            WHERE s.kind IN ('added', 'removed') AND s.known_at <= CAST(known AS TIMESTAMP)
        ),
        (SELECT max(l.covered_to) - 1 FROM whole AS l),
        (SELECT max(n.date) FROM news_days AS n),
        (SELECT max(p.date) FROM core.news_pair_coverage AS p WHERE p.known_from <= CAST(known AS TIMESTAMP))
    ) AS last_date
),
targets AS (
    SELECT t.*
    FROM query_table(listings) AS t
    WHERE NOT t.is_by_link AND t.source_id <> t.target_id AND is_pair(t.source_id, t.target_id, a, b)
),
linked AS (
    -- ships and aircraft that have the state of their operator: no list states it
    SELECT t.source_id, t.target_id, t.seen_from, coalesce(t.valid_to, DATE 'infinity') AS ends
    FROM query_table(listings) AS t
    WHERE t.is_by_link AND t.source_id <> t.target_id AND is_pair(t.source_id, t.target_id, a, b)
),
directed_acts AS (
    SELECT t.source_id, t.target_id, t.date, count(*) AS n_official_acts, count(*) FILTER (t.basis = 'stated') AS n_stated
    FROM query_table(acts) AS t
    WHERE t.basis IN ('party', 'stated')
        AND t.source_id <> t.target_id
        AND t.known_from <= CAST(known AS TIMESTAMP)
        AND is_pair(t.source_id, t.target_id, a, b)
    GROUP BY ALL
),
other_acts AS (
    -- sorts of acts that change no list; of the others core.list_coverage says what is held
    SELECT
        state_of(n) AS source_id,
        c.authority_id || ' ' || c.sort AS sort,
        c.state_id,
        c.covered_from,
        least(c.covered_until, CAST(CAST(known AS TIMESTAMP) - INTERVAL 1 MICROSECOND AS DATE)) AS covered_until,
        c.is_complete AND c.subject IS NULL AS is_complete
    FROM core.official_act_coverage AS c
    JOIN core.actors AS n ON n.actor_id = c.authority_id
    WHERE c.list_id IS NULL AND c.sort NOT IN ('listing', 'delisting', 'suspension', 'resumption')
),
act_sorts AS (
    SELECT o.source_id, count(DISTINCT o.sort) AS n_sorts FROM other_acts AS o GROUP BY o.source_id
),
changed AS (
    SELECT
        t.source_id,
        t.target_id,
        s.event_date AS date,
        count(DISTINCT s.event_id) FILTER (s.kind = 'added') AS n_listings_added,
        count(DISTINCT s.event_id) FILTER (s.kind = 'added' AND t.is_within_gap AND t.valid_from = s.event_date) AS n_within_gap,
        count(DISTINCT s.event_id) FILTER (s.kind = 'removed') AS n_listings_removed
    FROM core.sanction_events AS s
    JOIN targets AS t ON t.listing_id = s.listing_id
    LEFT JOIN other_periods(listings, known) AS o ON o.event_id = s.event_id
        AND o.valid_from IS NOT DISTINCT FROM t.valid_from
        AND o.valid_to IS NOT DISTINCT FROM t.valid_to
    WHERE s.kind IN ('added', 'removed') AND s.known_at <= CAST(known AS TIMESTAMP) AND o.event_id IS NULL
    GROUP BY ALL
),
facts AS (
    SELECT s.source_id, s.target_id, s.first_date FROM seen AS s
    UNION ALL
    SELECT p.source_id, p.target_id, min(p.date) FROM pair_days AS p GROUP BY ALL
    UNION ALL
    SELECT DISTINCT t.source_id, t.target_id, CAST(NULL AS DATE) FROM targets AS t
    UNION ALL
    SELECT DISTINCT t.source_id, t.target_id, CAST(NULL AS DATE) FROM linked AS t
    UNION ALL
    -- what lists show begins with them; what has a day, and an act that names a state, may be older
    SELECT c.source_id, c.target_id, min(c.date) FROM changed AS c GROUP BY ALL
    UNION ALL
    SELECT c.source_id, c.target_id, min(c.date) FROM directed_acts AS c WHERE c.n_stated > 0 AND c.date >= first_panel_day() GROUP BY ALL
),
list_starts AS (
    SELECT l.source_id, min(l.covered_from) AS first_date FROM whole AS l GROUP BY ALL
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
    SELECT p.low_id AS source_id, p.high_id AS target_id, p.first_date FROM pairs AS p WHERE p.first_date IS NOT NULL
    UNION ALL
    SELECT p.high_id, p.low_id, p.first_date FROM pairs AS p WHERE p.first_date IS NOT NULL
),
held_lists AS (
    -- those that can name the target
    SELECT d.source_id, d.target_id, count(DISTINCT l.list_id) AS n_held, min(l.vintage_date) AS vintage_date
    FROM dyads AS d
    JOIN lists AS l ON l.source_id = d.source_id AND (l.target_ids IS NULL OR list_contains(l.target_ids, d.target_id))
    GROUP BY d.source_id, d.target_id
),
covering AS (
    SELECT d.source_id, d.target_id, d.first_date, w.list_id, w.covered_from, w.covered_to
    FROM dyads AS d
    JOIN whole AS w ON w.source_id = d.source_id AND (w.target_ids IS NULL OR list_contains(w.target_ids, d.target_id))
),
in_force AS (
    -- from the stated or seen start until a vintage lacks it or an end is stated, however old the newest vintage is
    SELECT
        d.source_id,
        d.target_id,
        t.actor_id,
        t.party_type IN ('vessel', 'aircraft') AS is_vessel,
        greatest(t.seen_from, d.first_date) AS starts,
        coalesce(t.valid_to, DATE 'infinity') AS ends,
        t.list_vintage_date + 1 AS seen_to
    FROM dyads AS d
    JOIN targets AS t ON t.source_id = d.source_id AND t.target_id = d.target_id
    WHERE coalesce(t.valid_to, DATE 'infinity') > greatest(t.seen_from, d.first_date)
),
bounds AS (
    -- the days on which it is certain, and those on which it is possible
    SELECT d.source_id, d.target_id, greatest(t.certain_from, d.first_date) AS starts, t.certain_to AS ends, 1 AS certain, 0 AS possible
    FROM dyads AS d
    JOIN targets AS t ON t.source_id = d.source_id AND t.target_id = d.target_id
    WHERE t.certain_to > greatest(t.certain_from, d.first_date)
    UNION ALL
    SELECT d.source_id, d.target_id, greatest(coalesce(t.valid_from_earliest, t.valid_from), d.first_date), coalesce(t.valid_to, DATE 'infinity'), 0, 1
    FROM dyads AS d
    JOIN targets AS t ON t.source_id = d.source_id AND t.target_id = d.target_id
    WHERE coalesce(t.valid_to, DATE 'infinity') > greatest(coalesce(t.valid_from_earliest, t.valid_from), d.first_date)
),
presences AS (
    -- a sort of acts that several rows say to be complete on a day is one, and so is a party that several listings hold
    SELECT y.source_id, y.target_id, 'sort' AS what, o.sort AS item, greatest(o.covered_from, y.first_date) AS starts, o.covered_until + 1 AS ends
    FROM other_acts AS o
    JOIN dyads AS y ON y.source_id = o.source_id AND (o.state_id IS NULL OR o.state_id = y.target_id)
    WHERE o.is_complete AND o.covered_until >= greatest(o.covered_from, y.first_date)
    UNION ALL
    SELECT i.source_id, i.target_id, 'party', i.actor_id, i.starts, i.ends FROM in_force AS i
),
presence_steps AS (
    SELECT
        c.source_id,
        c.target_id,
        c.what,
        c.date,
        CAST(c.n > 0 AS INTEGER) - CAST(coalesce(lag(c.n) OVER item, 0) > 0 AS INTEGER) AS delta
    FROM (
        SELECT s.*, sum(s.delta) OVER (PARTITION BY s.source_id, s.target_id, s.what, s.item ORDER BY s.date) AS n
        FROM (
            SELECT b.source_id, b.target_id, b.what, b.item, b.date, sum(b.delta) AS delta
            FROM (
                SELECT p.source_id, p.target_id, p.what, p.item, unnest([p.starts, p.ends]) AS date, unnest([1, -1]) AS delta
                FROM presences AS p
            ) AS b
            GROUP BY ALL
        ) AS s
    ) AS c
    WINDOW item AS (PARTITION BY c.source_id, c.target_id, c.what, c.item ORDER BY c.date)
),
done AS (
    -- what is done on few days
    SELECT
        d.source_id,
        d.target_id,
        d.date,
        max(d.n_listings_added) AS n_listings_added,
        max(d.n_within_gap) AS n_within_gap,
        max(d.n_listings_removed) AS n_listings_removed,
        max(d.n_official_acts) AS n_official_acts
    FROM (
        SELECT c.* FROM changed AS c
        UNION ALL BY NAME
        SELECT c.* EXCLUDE (n_stated) FROM directed_acts AS c
    ) AS d
    GROUP BY ALL
),
organisations AS (
    -- events are told of states, the EU and the UN: another organisation that keeps lists has none, not 0
    SELECT o.actor_id FROM core.actors AS o WHERE o.kind = 'organisation' AND dyad_side(o.actor_id, NULL) IS NULL
),
news_changes AS (
    SELECT unnest(CASE WHEN n.begins AND n.ends THEN [n.date, n.date + 1] WHEN n.begins THEN [n.date] ELSE [n.date + 1] END) AS date
    FROM (
        SELECT
            c.date,
            lag(c.date) OVER days IS DISTINCT FROM c.date - 1 OR lag(c.coverage_share) OVER days <> c.coverage_share AS begins,
            lead(c.date) OVER days IS DISTINCT FROM c.date + 1 AS ends
        FROM news_days AS c
        WINDOW days AS (ORDER BY c.date)
    ) AS n
    WHERE n.begins OR n.ends
),
changes AS (
    -- on these days alone a day of a dyad may be unlike the one before
    SELECT d.source_id, d.target_id, d.first_date AS date FROM dyads AS d
    UNION ALL BY NAME
    SELECT
        i.source_id,
        i.target_id,
        unnest([i.starts, i.ends]) AS date,
        unnest([1, -1]) AS in_force,
        unnest([CAST(i.is_vessel AS INTEGER), -CAST(i.is_vessel AS INTEGER)]) AS vessels
    FROM in_force AS i
    UNION ALL BY NAME
    SELECT
        d.source_id,
        d.target_id,
        unnest([greatest(t.seen_from, d.first_date), t.ends]) AS date,
        unnest([1, -1]) AS linked
    FROM dyads AS d
    JOIN linked AS t ON t.source_id = d.source_id AND t.target_id = d.target_id
    WHERE t.ends > greatest(t.seen_from, d.first_date)
    UNION ALL BY NAME
    -- what comes into view, or leaves it, does so on one day
    SELECT i.source_id, i.target_id, unnest([i.starts, i.ends]) + 1 AS date FROM in_force AS i
    UNION ALL BY NAME
    SELECT i.source_id, i.target_id, unnest([greatest(i.starts, i.seen_to), i.ends]) AS date, unnest([1, -1]) AS unseen
    FROM in_force AS i
    WHERE i.ends > i.seen_to
    UNION ALL BY NAME
    SELECT
        o.source_id,
        o.target_id,
        unnest([o.starts, o.ends]) AS date,
        unnest([o.certain, -o.certain]) AS certain,
        unnest([o.possible, -o.possible]) AS possible
    FROM bounds AS o
    UNION ALL BY NAME
    SELECT d.source_id, d.target_id, greatest(l.date, d.first_date) AS date, l.n_unknown AS target_unknown
    FROM dyads AS d
    JOIN unknown_steps AS l ON l.source_id = d.source_id
    UNION ALL BY NAME
    SELECT
        w.source_id,
        w.target_id,
        greatest(unnest([w.covered_from, w.covered_to]), w.first_date) AS date,
        unnest([1, -1]) AS covered
    FROM covering AS w
    UNION ALL BY NAME
    SELECT
        s.source_id,
        s.target_id,
        s.date,
        CASE s.what WHEN 'sort' THEN s.delta END AS sorts,
        CASE s.what WHEN 'party' THEN s.delta END AS parties
    FROM presence_steps AS s
    UNION ALL BY NAME
    SELECT d.source_id, d.target_id, k.date
    FROM dyads AS d
    JOIN (
        SELECT c.source_id, c.target_id, unnest([c.date, c.date + 1]) AS date
        FROM (
            SELECT e.source_id, e.target_id, e.date FROM counted AS e
            UNION ALL
            SELECT e.source_id, e.target_id, e.date FROM done AS e
            UNION ALL
            SELECT e.source_id, e.target_id, e.date FROM pair_days AS e
        ) AS c
    ) AS k ON k.source_id = d.source_id AND k.target_id = d.target_id AND k.date > d.first_date
    UNION ALL BY NAME
    SELECT d.source_id, d.target_id, n.date
    FROM dyads AS d
    JOIN news_changes AS n ON n.date > d.first_date
    WHERE d.source_id NOT IN (SELECT o.actor_id FROM organisations AS o) AND d.target_id NOT IN (SELECT o.actor_id FROM organisations AS o)
),
steps AS (
    SELECT
        c.source_id,
        c.target_id,
        c.date,
        coalesce(sum(c.in_force), 0) AS in_force,
        coalesce(sum(c.vessels), 0) AS vessels,
        coalesce(sum(c.linked), 0) AS linked,
        coalesce(sum(c.unseen), 0) AS unseen,
        coalesce(sum(c.certain), 0) AS certain,
        coalesce(sum(c.possible), 0) AS possible,
        coalesce(sum(c.parties), 0) AS parties,
        coalesce(sum(c.covered), 0) AS covered,
        coalesce(sum(c.target_unknown), 0) AS target_unknown,
        coalesce(sum(c.sorts), 0) AS sorts
    FROM changes AS c
    WHERE c.date <= (SELECT h.last_date FROM horizon AS h)
    GROUP BY ALL
),
spans AS (
    SELECT
        s.source_id,
        s.target_id,
        s.date AS from_date,
        coalesce(lead(s.date) OVER dyad, (SELECT h.last_date FROM horizon AS h) + 1) AS to_date,
        CASE WHEN lag(s.date) OVER dyad IS NOT NULL THEN s.in_force END AS step,
        CAST(sum(s.in_force) OVER dyad AS BIGINT) AS n_in_force,
        CAST(sum(s.vessels) OVER dyad AS BIGINT) AS n_vessels,
        CAST(sum(s.linked) OVER dyad AS BIGINT) AS n_linked,
        CAST(sum(s.unseen) OVER dyad AS BIGINT) AS n_unseen,
        CAST(sum(s.certain) OVER dyad AS BIGINT) AS n_certain,
        CAST(sum(s.possible) OVER dyad AS BIGINT) AS n_possible,
        CAST(sum(s.parties) OVER dyad AS BIGINT) AS n_parties,
        CAST(sum(s.covered) OVER dyad AS BIGINT) AS n_covered,
        CAST(sum(s.target_unknown) OVER dyad AS BIGINT) AS n_unknown,
        CAST(sum(s.sorts) OVER dyad AS BIGINT) AS n_sorts_covered,
        s.source_id NOT IN (SELECT o.actor_id FROM organisations AS o)
        AND s.target_id NOT IN (SELECT o.actor_id FROM organisations AS o) AS is_of_states
    FROM steps AS s
    WINDOW dyad AS (PARTITION BY s.source_id, s.target_id ORDER BY s.date)
    ORDER BY s.source_id, s.target_id, s.date
),
cover AS (
    SELECT s.source_id, s.target_id, s.from_date AS date, list_sort(list(DISTINCT w.list_id)) AS lists_covered
    FROM spans AS s
    JOIN covering AS w ON w.source_id = s.source_id AND w.target_id = s.target_id AND w.covered_from <= s.from_date AND s.from_date < w.covered_to
    WHERE s.n_covered > 0
    GROUP BY ALL
),
explained AS (
    -- a change of what is in force that nothing dated explains only came into view, or left it
    SELECT
        p.*,
        k.* EXCLUDE (source_id, target_id, date),
        CASE WHEN o.date IS NOT NULL THEN 1.0 ELSE n.coverage_share END AS coverage_share,
        p.n_covered >= h.n_held AS is_exact,
        h.n_held,
        h.vintage_date,
        CASE WHEN h.n_held > 0 AND p.step IS NOT NULL
            THEN p.step - coalesce(k.n_listings_added, 0) + coalesce(k.n_listings_removed, 0) END AS from_view
    FROM spans AS p
    LEFT JOIN done AS k ON k.source_id = p.source_id AND k.target_id = p.target_id AND k.date = p.from_date
    LEFT JOIN held_lists AS h ON h.source_id = p.source_id AND h.target_id = p.target_id
    LEFT JOIN news_days AS n ON n.date = p.from_date AND p.is_of_states
    LEFT JOIN pair_days AS o ON o.source_id = p.source_id AND o.target_id = p.target_id AND o.date = p.from_date
),
shown AS (
    -- in order, and the joins keep it: what is made of them is too wide to be sorted
    SELECT
        x.*,
        x.n_in_force + CAST(coalesce(sum(x.from_view) OVER later, 0) AS BIGINT) AS n_comparable
    FROM explained AS x
    WINDOW later AS (PARTITION BY x.source_id, x.target_id ORDER BY x.from_date ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
    ORDER BY x.source_id, x.target_id, x.from_date
)
-- without an event, only a day of which every slot is available is known to be quiet
SELECT
    d.source_id,
    d.target_id,
    d.from_date,
    d.to_date,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_events, 0) ELSE e.n_events END AS n_events,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_reports, 0) ELSE e.n_reports END AS n_reports,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_verbal_cooperation, 0) ELSE e.n_verbal_cooperation END AS n_verbal_cooperation,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_material_cooperation, 0) ELSE e.n_material_cooperation END AS n_material_cooperation,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_verbal_conflict, 0) ELSE e.n_verbal_conflict END AS n_verbal_conflict,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_material_conflict, 0) ELSE e.n_material_conflict END AS n_material_conflict,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_goldstein, 0) ELSE e.n_goldstein END AS n_goldstein,
    CASE WHEN e.n_events IS NULL AND d.coverage_share >= 1 THEN 0.0 ELSE e.goldstein_sum END AS goldstein_sum,
    CASE WHEN e.n_events IS NULL AND d.coverage_share >= 1 THEN 0.0 ELSE e.goldstein_pos_sum END AS goldstein_pos_sum,
    CASE WHEN e.n_events IS NULL AND d.coverage_share >= 1 THEN 0.0 ELSE e.goldstein_neg_sum END AS goldstein_neg_sum,
    e.goldstein_sum / e.n_goldstein AS goldstein_mean,
    (e.n_verbal_conflict + e.n_material_conflict) / e.n_events AS conflict_share,
    e.n_material_conflict / e.n_events AS material_conflict_share,
    -- 0 is claimed where every list of the source is covered; what has a day is counted whatever is covered, as a lower bound
    CASE WHEN d.is_exact THEN coalesce(d.n_listings_added, 0) ELSE nullif(d.n_listings_added, 0) END AS n_listings_added,
    CASE WHEN d.is_exact THEN coalesce(d.n_listings_removed, 0) ELSE nullif(d.n_listings_removed, 0) END AS n_listings_removed,
    CASE WHEN d.is_exact THEN d.n_in_force ELSE nullif(d.n_in_force, 0) END AS n_listings_in_force,
    d.coverage_share,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_agree, 0) ELSE e.n_agree END AS n_agree,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_consult, 0) ELSE e.n_consult END AS n_consult,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_support, 0) ELSE e.n_support END AS n_support,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_concede, 0) ELSE e.n_concede END AS n_concede,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_cooperate, 0) ELSE e.n_cooperate END AS n_cooperate,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_aid, 0) ELSE e.n_aid END AS n_aid,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_retreat, 0) ELSE e.n_retreat END AS n_retreat,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_request, 0) ELSE e.n_request END AS n_request,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_accuse, 0) ELSE e.n_accuse END AS n_accuse,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_reject, 0) ELSE e.n_reject END AS n_reject,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_threaten, 0) ELSE e.n_threaten END AS n_threaten,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_protest, 0) ELSE e.n_protest END AS n_protest,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_sanction, 0) ELSE e.n_sanction END AS n_sanction,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_mobilize, 0) ELSE e.n_mobilize END AS n_mobilize,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_coerce, 0) ELSE e.n_coerce END AS n_coerce,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_assault, 0) ELSE e.n_assault END AS n_assault,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_no_plover, 0) ELSE e.n_no_plover END AS n_no_plover,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_economic_sanctions, 0) ELSE e.n_economic_sanctions END AS n_economic_sanctions,
    CASE WHEN d.coverage_share >= 1 THEN coalesce(e.n_sanctions_eased, 0) ELSE e.n_sanctions_eased END AS n_sanctions_eased,
    CASE WHEN d.is_exact THEN coalesce(d.n_within_gap, 0) ELSE nullif(d.n_within_gap, 0) END AS n_listings_added_within_gap,
    coalesce(d.n_held, 0) AS n_lists_held,
    d.n_covered AS n_lists_covered,
    d.vintage_date AS lists_vintage_date,
    greatest(d.from_date - d.vintage_date, 0) AS lists_vintage_age_days,
    CASE WHEN d.is_exact AND d.n_sorts_covered >= coalesce(s.n_sorts, 0) THEN coalesce(d.n_official_acts, 0) ELSE d.n_official_acts END
        AS n_official_acts,
    CASE WHEN d.is_exact THEN d.n_unknown ELSE nullif(d.n_unknown, 0) END AS n_listings_target_unknown,
    CASE WHEN d.n_held > 0 THEN coalesce(c.lists_covered, []) END AS lists_covered,
    d.is_exact AS are_listings_exact,
    CAST(greatest(d.from_view, 0) AS BIGINT) AS n_listings_came_into_view,
    CAST(greatest(-d.from_view, 0) AS BIGINT) AS n_listings_left_view,
    CASE WHEN d.is_exact THEN d.n_comparable ELSE nullif(d.n_comparable, 0) END AS n_listings_comparable,
    CASE WHEN d.is_exact THEN d.n_certain ELSE nullif(d.n_certain, 0) END AS n_listings_certain,
    CASE WHEN d.is_exact THEN d.n_possible ELSE nullif(d.n_possible, 0) END AS n_listings_possible,
    CASE WHEN d.is_exact THEN d.n_unseen ELSE nullif(d.n_unseen, 0) END AS n_listings_not_contradicted,
    CASE WHEN d.is_exact THEN d.n_in_force - d.n_vessels ELSE nullif(d.n_in_force - d.n_vessels, 0) END AS n_listings_without_vessels,
    CASE WHEN d.is_exact THEN d.n_parties ELSE nullif(d.n_parties, 0) END AS n_parties_in_force,
    CASE WHEN d.is_exact THEN d.n_linked ELSE nullif(d.n_linked, 0) END AS n_listings_by_link
FROM shown AS d
LEFT JOIN counted AS e ON e.source_id = d.source_id AND e.target_id = d.target_id AND e.date = d.from_date
LEFT JOIN cover AS c ON c.source_id = d.source_id AND c.target_id = d.target_id AND c.date = d.from_date
LEFT JOIN act_sorts AS s ON s.source_id = d.source_id;
COMMENT ON MACRO TABLE dyad_spans IS 'The days of one pair of states or of all, both directions, as spans of days that are alike: the one body of marts.dyad_day and of what is known of it at a moment.';
