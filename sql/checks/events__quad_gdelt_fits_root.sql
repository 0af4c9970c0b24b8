-- warning: GDELT's quad classes break after the roots 05, 09 and 14; they are kept as landed, so a difference is GDELT's own.
-- table: core.events
SELECT event_id, cameo_code, quad_gdelt
FROM core.events
WHERE quad_gdelt <> 1 + (cameo_root > '05')::INT + (cameo_root > '09')::INT + (cameo_root > '14')::INT
