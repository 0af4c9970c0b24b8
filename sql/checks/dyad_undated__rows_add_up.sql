-- critical: Rows in = rows out: each event between two known states is an event of a day, or counted among those without.
-- table: marts.dyad_undated
-- scope: build
WITH held AS (
    SELECT
        dyad_side(source_id, source_country_id) AS source_id,
        dyad_side(target_id, target_country_id) AS target_id,
        count(*) AS n_held
    FROM core.events
    WHERE dyad_side(source_id, source_country_id) IS NOT NULL AND dyad_side(target_id, target_country_id) IS NOT NULL
    GROUP BY ALL
),
dated AS (
    SELECT source_id, target_id, CAST(sum(n_rows) AS BIGINT) AS n_dated
    FROM marts.events_one_a_day
    WHERE source_id IS NOT NULL AND target_id IS NOT NULL
    GROUP BY ALL
)
SELECT h.*, d.n_dated, u.n_undated
FROM held AS h
LEFT JOIN dated AS d USING (source_id, target_id)
LEFT JOIN marts.dyad_undated AS u USING (source_id, target_id)
WHERE n_held <> coalesce(n_dated, 0)
    + coalesce(n_undated + n_out_of_range + n_intended + n_hypothetical + n_denied, 0);
