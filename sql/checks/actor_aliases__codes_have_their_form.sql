-- critical: Codes have the form of their scheme; a column read with numbers or with 'NA' taken for a missing value would break it.
-- table: core.actor_aliases
SELECT scheme, alias, actor_id
FROM core.actor_aliases
WHERE (scheme IN ('iso2', 'fips') AND NOT regexp_full_match(alias, '[A-Z][A-Z]'))
    OR (scheme IN ('iso3', 'cameo') AND NOT regexp_full_match(alias, '[A-Z][A-Z][A-Z]'))
