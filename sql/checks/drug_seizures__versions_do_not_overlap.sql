-- critical: At any moment a row of the source has one version, else sums count it twice. A gap is allowed: a row may be missing from one file and come back in a later one.
-- table: core.drug_seizures
SELECT *,
    lead(known_from) OVER (
        PARTITION BY actor_id, region, component, land_filter, area, drug, period_end ORDER BY known_from
    ) AS next_known_from
FROM core.drug_seizures
QUALIFY next_known_from IS NOT NULL AND (known_to IS NULL OR known_to > next_known_from)
