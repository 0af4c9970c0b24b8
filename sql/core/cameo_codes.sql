-- CAMEO event codes with their Goldstein value, both quad schemes and the PLOVER event: a reference table.
CREATE TABLE core.cameo_codes (
    cameo_code VARCHAR NOT NULL PRIMARY KEY,
    cameo_root VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    goldstein DOUBLE CHECK (goldstein BETWEEN -10 AND 10),
    quad_schrodt TINYINT CHECK (quad_schrodt BETWEEN 1 AND 4),
    quad_gdelt TINYINT CHECK (quad_gdelt BETWEEN 1 AND 4),
    plover_event VARCHAR,
    CHECK (left(cameo_code, 2) = cameo_root)
);
COMMENT ON TABLE core.cameo_codes IS 'CAMEO codes, Goldstein scale, quad classes, PLOVER crosswalk of 2021.';
COMMENT ON COLUMN core.cameo_codes.cameo_code IS 'Code as text.';
COMMENT ON COLUMN core.cameo_codes.cameo_root IS 'First two characters.';
COMMENT ON COLUMN core.cameo_codes.description IS 'What the code means.';
COMMENT ON COLUMN core.cameo_codes.goldstein IS 'Goldstein value of the code; NULL where the scale has none.';
COMMENT ON COLUMN core.cameo_codes.quad_schrodt IS 'Quad class after Schrodt.';
COMMENT ON COLUMN core.cameo_codes.quad_gdelt IS 'Quad class as GDELT publishes it.';
COMMENT ON COLUMN core.cameo_codes.plover_event IS 'PLOVER event; NULL where there is none.';
