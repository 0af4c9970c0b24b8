-- critical: Schrodt's quad classes break after the roots 05, 08 and 13 (09 investigate is 3, 14 protest is 4).
-- table: core.events
-- rows: event_id
SELECT event_id, cameo_code, quad_schrodt
FROM core.events
WHERE quad_schrodt <> 1 + (cameo_root > '05')::INT + (cameo_root > '08')::INT + (cameo_root > '13')::INT
