-- critical: In any year a code stands for one state: else a panel joined by it has rows twice.
-- table: marts.state_years
SELECT u.year, u.scheme, u.code, list(u.actor_id ORDER BY u.actor_id) AS states
FROM (
    UNPIVOT (SELECT s.year, s.actor_id, CAST(s.ccode AS VARCHAR) AS cow, CAST(s.gwcode AS VARCHAR) AS gw, s.iso2, s.iso3, s.iso_numeric, s.m49, s.fips FROM marts.state_years AS s)
    ON cow, gw, iso2, iso3, iso_numeric, m49, fips INTO NAME scheme VALUE code
) AS u
GROUP BY ALL
HAVING count(*) > 1
