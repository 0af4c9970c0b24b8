-- Additional duties of one state on goods of another, each with the days on which it was in force at its rate.
-- sorted by: source_id, target_id, valid_from
-- newest: valid_from
CREATE TABLE core.tariff_measures (
    measure_id VARCHAR NOT NULL PRIMARY KEY,
    source_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    target_id VARCHAR REFERENCES core.actors (actor_id),
    except_ids VARCHAR,
    instrument VARCHAR NOT NULL CHECK (instrument IN (
        'section_122', 'section_201', 'section_232', 'section_301', 'ieepa_fentanyl', 'ieepa_border', 'ieepa_reciprocal',
        'answer_301', 'answer_232', 'answer_fentanyl', 'answer_border', 'answer_reciprocal'
    )),
    act_id VARCHAR NOT NULL,
    date_announced DATE NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    applies_to VARCHAR NOT NULL CHECK (applies_to IN ('all', 'list')),
    rate_low DOUBLE NOT NULL CHECK (rate_low BETWEEN 0 AND 200),
    rate_high DOUBLE NOT NULL CHECK (rate_high BETWEEN 0 AND 200),
    scope VARCHAR NOT NULL,
    not_with VARCHAR,
    citation VARCHAR NOT NULL,
    verified_by VARCHAR NOT NULL CHECK (verified_by IN ('files', 'rate', 'day', 'published')),
    CHECK (rate_low <= rate_high),
    CHECK (date_announced <= valid_from),
    CHECK (valid_to IS NULL OR valid_from < valid_to)
);
COMMENT ON TABLE core.tariff_measures IS 'Additional duties between the United States and China since 2018, and between the United States, Canada and Mexico since 2025, on top of the ordinary rate of the line: a row for each rate of an instrument. Written from the notices cited. Antidumping and countervailing duties and port fees are not in it. core.tariff_coverage says for which days all are known.';
COMMENT ON COLUMN core.tariff_measures.measure_id IS 'Name of the row.';
COMMENT ON COLUMN core.tariff_measures.source_id IS 'The state that takes the duty.';
COMMENT ON COLUMN core.tariff_measures.target_id IS 'The state whose goods bear it; NULL: all states.';
COMMENT ON COLUMN core.tariff_measures.except_ids IS 'States whose goods are excepted on the covered days, joined by ;.';
COMMENT ON COLUMN core.tariff_measures.instrument IS 'Legal basis: section_122, section_201 and section_301 (Trade Act of 1974), section_232 (Trade Expansion Act of 1962), ieepa_fentanyl (on China), ieepa_border (on Canada and Mexico) and ieepa_reciprocal (International Emergency Economic Powers Act); duties of China and Canada in answer to them: answer_301, answer_232, answer_fentanyl, answer_border, answer_reciprocal.';
COMMENT ON COLUMN core.tariff_measures.act_id IS 'The act in core.official_acts that set the rate.';
COMMENT ON COLUMN core.tariff_measures.date_announced IS 'Day of the announcement, in the authority''s time zone.';
COMMENT ON COLUMN core.tariff_measures.valid_from IS 'First day in force.';
COMMENT ON COLUMN core.tariff_measures.valid_to IS 'Day from which there was another rate or none; NULL while in force as far as known.';
COMMENT ON COLUMN core.tariff_measures.applies_to IS 'all: every good that is not excepted; list: the goods of a list.';
COMMENT ON COLUMN core.tariff_measures.rate_low IS 'Percent of the value, the least of the measure; 0 and 0 are exclusions: goods of other lists that bear nothing.';
COMMENT ON COLUMN core.tariff_measures.rate_high IS 'Percent of the value, the most of the measure.';
COMMENT ON COLUMN core.tariff_measures.scope IS 'Which goods, in words.';
COMMENT ON COLUMN core.tariff_measures.not_with IS 'Instruments that goods of this measure do not bear as well, joined by ;: with all others it stacks.';
COMMENT ON COLUMN core.tariff_measures.citation IS 'Federal Register, notice of the Customs Tariff Commission of the State Council, or Canada''s order.';
COMMENT ON COLUMN core.tariff_measures.verified_by IS 'files: a notice or another series shows the rate and the first day; rate, day: only the one. published: by published knowledge; its citation says where to look.';
