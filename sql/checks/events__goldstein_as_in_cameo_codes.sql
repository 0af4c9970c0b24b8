-- warning: The Goldstein value follows from the code; where the origin gives another one, its scale has changed.
-- table: core.events
-- rows: event_id
-- scope: build
SELECT e.event_id, e.cameo_code, e.goldstein, c.goldstein AS expected
FROM core.events AS e
JOIN core.cameo_codes AS c USING (cameo_code)
WHERE c.goldstein IS NOT NULL AND abs(e.goldstein - c.goldstein) > 0.05
