-- Over which days the history of a list is known, and of what: what lies between editions too far apart is a gap.
-- sorted by: list_id, covers, covered_from, known_from
CREATE TABLE core.list_coverage (
    list_id VARCHAR NOT NULL REFERENCES core.sanction_lists (list_id),
    covers VARCHAR NOT NULL CHECK (covers IN ('both', 'additions', 'some')),
    covered_from DATE NOT NULL,
    covered_to DATE NOT NULL,
    basis VARCHAR NOT NULL CHECK (basis IN ('editions', 'texts', 'record', 'stated_days', 'rules', 'parts')),
    known_from TIMESTAMP NOT NULL,
    known_basis VARCHAR NOT NULL CHECK (known_basis IN ('publication', 'snapshot')),
    known_to TIMESTAMP,
    snapshot_id VARCHAR NOT NULL,
    PRIMARY KEY (list_id, covers, covered_from, known_from),
    CHECK (covered_from < covered_to),
    CHECK (known_to IS NULL OR known_from < known_to)
);
COMMENT ON TABLE core.list_coverage IS 'Spans of days over which the history of a list is known, and since when this was known. Current rows have known_to NULL. A list has gaps where two of its editions lie further apart than its declaration allows (max_gap_days): who came and went between them is not known, and who came stands on the day of the later one. The file has no clock of its own: nothing is covered after the last edition.';
COMMENT ON COLUMN core.list_coverage.list_id IS 'The list.';
COMMENT ON COLUMN core.list_coverage.covers IS 'both: every addition and removal. additions: those of parties that a later edition still shows; who was removed before it is missing. some: what was entered, not all.';
COMMENT ON COLUMN core.list_coverage.covered_from IS 'First day covered, in the authority''s time zone.';
COMMENT ON COLUMN core.list_coverage.covered_to IS 'The day after the last one covered.';
COMMENT ON COLUMN core.list_coverage.basis IS 'editions: whole lists, compared. texts: the list as a regulation prints it. record: notices, of which none is taken out. stated_days: the days of addition that an edition states. rules: notices entered one by one, not all. parts: incomplete editions.';
COMMENT ON COLUMN core.list_coverage.known_from IS 'Since when this was known, UTC.';
COMMENT ON COLUMN core.list_coverage.known_basis IS 'publication: each notice was public on its day, so the span was known day by day (as known at a moment it ends there); snapshot: since an edition was retrieved.';
COMMENT ON COLUMN core.list_coverage.known_to IS 'Until when the row was current knowledge, UTC; NULL while it is.';
COMMENT ON COLUMN core.list_coverage.snapshot_id IS 'The edition that brought this row.';
