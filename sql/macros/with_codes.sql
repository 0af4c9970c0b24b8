-- A panel of dyads with the codes of both states: COW, Gleditsch-Ward, ISO, M49 and FIPS of the year of each row.
-- panel: name of a table, also of a WITH, with source_id, target_id and date (dyad_panel, marts.dyad_day).
-- Result: its columns, then ccode1 and gwcode1 (of the source), ccode2 and gwcode2 (of the target) as peacesciencer names them, and the other codes by side.
-- Column ccode1: COW number of the source in the year; NULL outside the state system.
-- Column ccode2: The same of the target.
-- Column gwcode1: Gleditsch-Ward number of the source in the year; NULL outside the list.
-- Column gwcode2: The same of the target.
-- Column source_iso2: ISO 3166-1 alpha-2 of the source in the year.
-- Column source_iso3: ISO 3166-1 alpha-3 of the source.
-- Column source_iso_numeric: ISO 3166-1 numeric of the source, three digits.
-- Column source_m49: M49 of the source, three digits.
-- Column source_fips: FIPS 10-4 of the source.
-- Column target_iso2: ISO 3166-1 alpha-2 of the target.
-- Column target_iso3: ISO 3166-1 alpha-3 of the target.
-- Column target_iso_numeric: ISO 3166-1 numeric of the target.
-- Column target_m49: M49 of the target.
-- Column target_fips: FIPS 10-4 of the target.
-- As in: marts.dyad_day, dyad_periods
-- Example: WITH panel AS (FROM dyad_panel('USA', 'CHN', 'month')) FROM with_codes('panel');
CREATE OR REPLACE MACRO with_codes(panel) AS TABLE
SELECT
    p.*,
    s.ccode AS ccode1,
    t.ccode AS ccode2,
    s.gwcode AS gwcode1,
    t.gwcode AS gwcode2,
    s.iso2 AS source_iso2,
    s.iso3 AS source_iso3,
    s.iso_numeric AS source_iso_numeric,
    s.m49 AS source_m49,
    s.fips AS source_fips,
    t.iso2 AS target_iso2,
    t.iso3 AS target_iso3,
    t.iso_numeric AS target_iso_numeric,
    t.m49 AS target_m49,
    t.fips AS target_fips
FROM query_table(panel) AS p
LEFT JOIN marts.state_years AS s ON s.actor_id = p.source_id AND s.year = year(p.date)
LEFT JOIN marts.state_years AS t ON t.actor_id = p.target_id AND t.year = year(p.date);
COMMENT ON MACRO TABLE with_codes IS 'A panel of dyads with the codes of both states: COW, Gleditsch-Ward, ISO, M49 and FIPS of the year of each row.';
