-- What one list did to one target state, as spans of days that are alike: additions and removals by their day, and what is in force.
-- grain: list_id, target_id, from_date
CREATE TABLE marts.dyad_list_spans AS
WITH targets AS (
    SELECT l.*, coalesce(l.valid_to, DATE 'infinity') AS ends
    FROM marts.listing_dyads AS l
    WHERE l.source_id <> l.target_id AND NOT l.is_by_link
),
changed AS (
    SELECT
        t.list_id,
        t.target_id,
        e.event_date AS date,
        count(DISTINCT e.event_id) FILTER (e.kind = 'added') AS n_added,
        count(DISTINCT e.event_id) FILTER (e.kind = 'removed') AS n_removed
    FROM core.sanction_events AS e
    JOIN targets AS t ON t.listing_id = e.listing_id
    LEFT JOIN other_periods('marts.listing_dyads', end_of_time()) AS o ON o.event_id = e.event_id
        AND o.valid_from IS NOT DISTINCT FROM t.valid_from
        AND o.valid_to IS NOT DISTINCT FROM t.valid_to
    WHERE e.kind IN ('added', 'removed') AND o.event_id IS NULL
    GROUP BY ALL
),
covered AS (
    SELECT list_id, covered_from, covered_to FROM core.list_coverage WHERE covers = 'both' AND known_to IS NULL
),
pairs AS (
    SELECT t.list_id, t.source_id, t.target_id, max(t.list_vintage_date) AS vintage_date FROM targets AS t GROUP BY ALL
),
changes AS (
    SELECT t.list_id, t.target_id, unnest([t.seen_from, t.ends]) AS date, unnest([1, -1]) AS in_force, 0 AS covered
    FROM targets AS t
    WHERE t.ends > t.seen_from
    UNION ALL
    SELECT c.list_id, c.target_id, unnest([c.date, c.date + 1]), 0, 0 FROM changed AS c
    UNION ALL
    SELECT p.list_id, p.target_id, unnest([c.covered_from, c.covered_to]), 0, unnest([1, -1])
    FROM pairs AS p
    JOIN covered AS c ON c.list_id = p.list_id
    UNION ALL
    SELECT p.list_id, p.target_id, p.vintage_date + 1, 0, 0 FROM pairs AS p
),
steps AS (
    SELECT c.list_id, c.target_id, c.date, sum(c.in_force) AS in_force, sum(c.covered) AS covered
    FROM changes AS c
    WHERE c.date < (SELECT max(s.to_date) FROM marts.dyad_spans AS s)
    GROUP BY ALL
),
spans AS (
    SELECT
        s.list_id,
        s.target_id,
        s.date AS from_date,
        coalesce(lead(s.date) OVER pair, (SELECT max(d.to_date) FROM marts.dyad_spans AS d)) AS to_date,
        CAST(sum(s.in_force) OVER pair AS BIGINT) AS n_in_force,
        sum(s.covered) OVER pair > 0 AS is_exact
    FROM steps AS s
    WINDOW pair AS (PARTITION BY s.list_id, s.target_id ORDER BY s.date)
)
SELECT
    s.list_id,
    p.source_id,
    s.target_id,
    s.from_date,
    s.to_date,
    CASE WHEN s.is_exact THEN coalesce(k.n_added, 0) ELSE nullif(k.n_added, 0) END AS n_listings_added,
    CASE WHEN s.is_exact THEN coalesce(k.n_removed, 0) ELSE nullif(k.n_removed, 0) END AS n_listings_removed,
    CASE WHEN s.is_exact THEN s.n_in_force ELSE nullif(s.n_in_force, 0) END AS n_listings_in_force,
    s.is_exact AS are_listings_exact,
    s.from_date > p.vintage_date AS is_after_vintage,
    p.vintage_date AS list_vintage_date
FROM spans AS s
JOIN pairs AS p ON p.list_id = s.list_id AND p.target_id = s.target_id
LEFT JOIN changed AS k ON k.list_id = s.list_id AND k.target_id = s.target_id AND k.date = s.from_date
ORDER BY s.list_id, s.target_id, s.from_date;
COMMENT ON TABLE marts.dyad_list_spans IS 'Lists by target state as spans of days that are alike, by current knowledge: dated additions and removals, and what is in force; dyad_list_panel sums them by day, week, month or quarter. What a list that mirrors another one repeats is left out (marts.listing_dyads).';
COMMENT ON COLUMN marts.dyad_list_spans.list_id IS 'The list.';
COMMENT ON COLUMN marts.dyad_list_spans.source_id IS 'The state that keeps it.';
COMMENT ON COLUMN marts.dyad_list_spans.target_id IS 'The target state.';
COMMENT ON COLUMN marts.dyad_list_spans.from_date IS 'First day of the span.';
COMMENT ON COLUMN marts.dyad_list_spans.to_date IS 'The day after its last.';
COMMENT ON COLUMN marts.dyad_list_spans.n_listings_added IS 'Additions of the day, by every fact whose day is known; exact where are_listings_exact, else a lower bound, and none is NULL.';
COMMENT ON COLUMN marts.dyad_list_spans.n_listings_removed IS 'Removals of the day, as n_listings_added.';
COMMENT ON COLUMN marts.dyad_list_spans.n_listings_in_force IS 'Listings on the list on each day of the span, from their stated or seen start until a vintage lacks them or an end is stated; carried on after the last vintage (is_after_vintage).';
COMMENT ON COLUMN marts.dyad_list_spans.are_listings_exact IS 'Whether the list covers the days, additions and removals (core.list_coverage).';
COMMENT ON COLUMN marts.dyad_list_spans.is_after_vintage IS 'Whether the days lie after the newest vintage of the list: nothing contradicts what is in force, and nothing confirms it.';
COMMENT ON COLUMN marts.dyad_list_spans.list_vintage_date IS 'Day of the newest vintage of the list.';
