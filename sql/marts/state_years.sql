-- The codes of a state in a year: what joins a panel of years with data keyed by COW, Gleditsch-Ward, ISO, M49 or FIPS codes.
-- grain: actor_id, year
CREATE TABLE marts.state_years AS
WITH years AS (
    SELECT CAST(unnest(range(1946, 1 + greatest(
        (SELECT coalesce(max(year(s.to_date - 1)), 0) FROM marts.dyad_spans AS s), (SELECT coalesce(max(year(c.valid_from)), 0) FROM core.actor_codes AS c),
        (SELECT coalesce(max(p.year), 0) FROM core.un_ideal_points AS p)
    ))) AS INTEGER) AS year
),
held AS (
    -- the code of the last day of the year that had one
    SELECT c.actor_id, y.year, c.scheme, arg_max(c.code, coalesce(c.valid_to, DATE 'infinity')) AS code
    FROM core.actor_codes AS c
    JOIN years AS y
        ON coalesce(c.valid_from, DATE '-infinity') <= make_date(y.year, 12, 31) AND coalesce(c.valid_to, DATE 'infinity') > make_date(y.year, 1, 1)
    GROUP BY ALL
)
SELECT
    h.actor_id,
    h.year,
    CAST(any_value(h.code) FILTER (h.scheme = 'cow') AS INTEGER) AS ccode,
    CAST(any_value(h.code) FILTER (h.scheme = 'gw') AS INTEGER) AS gwcode,
    any_value(h.code) FILTER (h.scheme = 'iso2') AS iso2,
    any_value(h.code) FILTER (h.scheme = 'iso3') AS iso3,
    any_value(h.code) FILTER (h.scheme = 'iso_numeric') AS iso_numeric,
    any_value(h.code) FILTER (h.scheme = 'm49') AS m49,
    any_value(h.code) FILTER (h.scheme = 'fips') AS fips
FROM held AS h
GROUP BY h.actor_id, h.year
ORDER BY h.actor_id, h.year;
COMMENT ON TABLE marts.state_years IS 'States by year from 1946 with their codes: of each scheme the code on the last day of the year, or on the last day of it that had one. A row says nothing of statehood: ccode and gwcode are NULL in years in which the state was not in that system.';
COMMENT ON COLUMN marts.state_years.actor_id IS 'The state.';
COMMENT ON COLUMN marts.state_years.year IS 'The calendar year.';
COMMENT ON COLUMN marts.state_years.ccode IS 'Correlates of War number (peacesciencer: ccode); NULL outside its state system.';
COMMENT ON COLUMN marts.state_years.gwcode IS 'Gleditsch-Ward number (peacesciencer: gwcode); NULL outside its list.';
COMMENT ON COLUMN marts.state_years.iso2 IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN marts.state_years.iso3 IS 'ISO 3166-1 alpha-3; of 1991 SUN where actor_id is RUS.';
COMMENT ON COLUMN marts.state_years.iso_numeric IS 'ISO 3166-1 numeric, three digits.';
COMMENT ON COLUMN marts.state_years.m49 IS 'M49 of the UN Statistics Division, three digits.';
COMMENT ON COLUMN marts.state_years.fips IS 'FIPS 10-4 as GDELT writes it; NULL where there is none or several.';
