-- critical: Rows in = rows out: no event between two states and no act is lost or repeated.
-- table: marts.timeline
-- scope: build
WITH reported AS (
    SELECT source_id, target_id, kind, CAST(sum(n_facts) AS BIGINT) AS n_reported
    FROM marts.timeline
    WHERE kind IN ('event', 'sanction', 'act')
    GROUP BY ALL
),
held AS (
    SELECT
        dyad_side(source_id, source_country_id) AS source_id,
        dyad_side(target_id, target_country_id) AS target_id,
        'event' AS kind,
        count(*) AS n_held
    FROM core.events
    WHERE dyad_side(source_id, source_country_id) <> dyad_side(target_id, target_country_id)
        AND event_date <= CAST(known_from AS DATE) + 1
        AND modality IN ('past', 'ongoing')
    GROUP BY ALL
    UNION ALL
    SELECT d.source_id, d.target_id, 'sanction', count(DISTINCT e.event_id)
    FROM core.sanction_events AS e
    JOIN marts.listing_dyads AS d USING (listing_id)
    LEFT JOIN other_periods('marts.listing_dyads', end_of_time()) AS o ON o.event_id = e.event_id
        AND o.valid_from IS NOT DISTINCT FROM d.valid_from
        AND o.valid_to IS NOT DISTINCT FROM d.valid_to
    WHERE d.source_id <> d.target_id AND o.event_id IS NULL
    GROUP BY ALL
    UNION ALL
    SELECT d.source_id, d.target_id, 'act', count(*)
    FROM marts.official_act_dyads AS d
    JOIN core.official_acts AS a USING (act_id)
    WHERE a.origin <> 'listings'
    GROUP BY ALL
)
SELECT *
FROM held
FULL JOIN reported USING (source_id, target_id, kind)
WHERE n_held IS DISTINCT FROM n_reported;
