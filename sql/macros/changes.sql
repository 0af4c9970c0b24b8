-- What changed, as it became known: listings, revised counts, new events and articles, sources gone stale.
-- since: the first moment, UTC (TIMESTAMP, DATE or text). until: the moment before which; the present one, as a rule.
-- Of GDELT's events, those whose days alone are kept (core.event_days) are not listed one by one.
-- Result: one row per change.
-- Column change_id: Names the change, the same in every publication.
-- Column kind (listing_added, listing_removed, listing_modified, count_new, count_revised, event_new, article_new, source_stale): What
-- changed. source_stale: its newest data are older than the source declares.
-- Column known_from: Since when it can be known, UTC.
-- Column date: Day of the act, event or article, or the end of the period counted.
-- Column topic: The list, source or origin.
-- Column actor_id: Who acts, or where it is counted.
-- Column target_id: The state of the party, or the target of the event.
-- Column what: The change in words.
-- Column old_value: Of counts, the value before; NULL where there was none.
-- Column new_value: Of counts, the value now; NULL where it was withdrawn or suppressed.
-- Column unit: Of counts: deaths, percent or per_100k.
-- Column detail: What else is said of it.
-- Column url: Where it can be read.
-- Column snapshot_id: The snapshot that brought it.
-- Column publication_id: The publication that was the first to hold it.
-- Column published_at: When that publication was built, UTC.
-- warning: aggregation_hazard: revised counts over 12 months overlap; never add up their differences.
-- Example: SELECT kind, topic, count(*) FROM changes('2023-10-01', '2023-12-31') GROUP BY ALL ORDER BY ALL;
CREATE OR REPLACE MACRO changes(since, until) AS TABLE
WITH held AS (
    SELECT p.publication_id, p.built_at, unnest(p.snapshots) AS snapshot FROM meta.publications AS p
),
first_held AS (
    SELECT s.snapshot_id, arg_min(h.publication_id, h.built_at) AS publication_id, min(h.built_at) AS published_at
    FROM held AS h
    JOIN meta.snapshots AS s ON s.source || '/' || s.snapshot = h.snapshot
    GROUP BY s.snapshot_id
),
versions AS (
    SELECT
        concat_ws(':', source, actor_id, measure, drug, basis, counts_by, period_end) AS counted, source, actor_id, period_end,
        concat_ws(' ', measure, drug, basis) AS what, value, unit, missing_reason, known_from, snapshot_id
    FROM core.overdose_observations
    UNION ALL
    SELECT
        concat_ws(':', source, fips, period_end), source, actor_id, period_end,
        concat_ws(' ', 'deaths_12m', name, fips), deaths, 'deaths', missing_reason, known_from, snapshot_id
    FROM core.county_overdoses
    UNION ALL
    SELECT
        concat_ws(':', source, actor_id, region, component, land_filter, area, drug, period_end), source, actor_id, period_end,
        concat_ws(' ', 'seized', drug, component, region, land_filter, area), quantity_lbs, 'pounds', NULL, known_from, snapshot_id
    FROM core.drug_seizures
),
counts AS (
    SELECT
        v.*,
        lag(v.value) OVER of_one AS old_value,
        row_number() OVER of_one = 1 AS is_first
    FROM versions AS v
    WINDOW of_one AS (PARTITION BY v.counted ORDER BY v.known_from)
),
found AS (
    SELECT
        'listing:' || e.event_id AS change_id,
        CASE e.kind WHEN 'added' THEN 'listing_added' WHEN 'removed' THEN 'listing_removed' ELSE 'listing_modified' END AS kind,
        e.known_at AS known_from,
        e.event_date AS date,
        e.list_id AS topic,
        e.authority_id AS actor_id,
        e.country_id AS target_id,
        e.name AS what,
        CAST(NULL AS DOUBLE) AS old_value,
        CAST(NULL AS DOUBLE) AS new_value,
        CAST(NULL AS VARCHAR) AS unit,
        CASE WHEN e.kind IN ('added', 'removed') THEN e.detail ELSE concat_ws(': ', e.kind, e.detail) END AS detail,
        e.url,
        e.snapshot_id
    FROM core.sanction_events AS e
    UNION ALL
    SELECT
        concat_ws(':', 'count', c.counted, strftime(c.known_from, '%Y-%m-%dT%H:%M:%S')),
        CASE WHEN c.is_first THEN 'count_new' ELSE 'count_revised' END,
        c.known_from, c.period_end, c.source, c.actor_id, NULL, c.what, c.old_value, c.value, c.unit, c.missing_reason, NULL,
        c.snapshot_id
    FROM counts AS c
    -- a version that changes only how complete the count is, is no revision
    WHERE c.is_first OR c.value IS DISTINCT FROM c.old_value
    UNION ALL
    SELECT
        'event:' || v.event_id, 'event_new', v.known_from, v.event_date, v.origin, coalesce(v.source_country_id, v.source_id),
        coalesce(v.target_country_id, v.target_id),
        concat_ws(
            ' ', coalesce(v.source_name, v.source_id, 'unknown'), coalesce(v.plover_event, n.description, v.cameo_code),
            coalesce(v.target_name, v.target_id, 'unknown')
        ),
        NULL, NULL, NULL, v.evidence, v.url, v.snapshot_id
    FROM core.events AS v
    LEFT JOIN core.cameo_codes AS n USING (cameo_code)
    UNION ALL
    SELECT
        'article:' || a.article_id, 'article_new', a.known_from, CAST(a.published_at AS DATE), a.source, a.outlet_country, NULL,
        coalesce(a.title, a.url, a.article_id), NULL, NULL, NULL, a.outlet, a.url, a.snapshot_id
    FROM core.articles AS a
    UNION ALL
    SELECT
        concat_ws(':', 'stale', s.source, s.newest_date), 'source_stale',
        CAST(s.newest_date + s.stale_after_days + 1 AS TIMESTAMP), s.newest_date, s.source, NULL, NULL, s.title, NULL, NULL, NULL,
        'the newest date in its data should be no more than ' || s.stale_after_days || ' days ago (cadence: ' || s.cadence || ')',
        s.url, NULL
    FROM meta.sources AS s
    WHERE s.newest_date IS NOT NULL AND s.stale_after_days IS NOT NULL
)
SELECT f.*, h.publication_id, h.published_at
FROM found AS f
LEFT JOIN first_held AS h USING (snapshot_id)
WHERE f.known_from >= CAST(since AS TIMESTAMP) AND f.known_from < CAST(until AS TIMESTAMP);
COMMENT ON MACRO TABLE changes IS 'What changed, as it became known: listings, revised counts, new events and articles, sources gone stale.';
