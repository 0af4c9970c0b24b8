"""The declarations of sql/core and sql/meta are the one place where tables are described, and what follows from their heads."""

import re
from datetime import date, datetime

import duckdb
import polars as pl
import pytest

from assets.errors import BilateralError
from assets.schema import (
    PACKED,
    SQL,
    WARNINGS,
    Newest,
    UsageWarning,
    declared,
    headers,
    table,
    usage_warnings,
    vocabularies,
    with_warnings,
)
from pipelines.checks.expectations import HEADERS, from_checks, from_declaration, from_headers, from_headers_of

HEADS = ("grain", "calendar", "stands once", "closes with", "vocabularies", "sorted by", "newest", *PACKED, "runs of", "warning")
HEADS += ("columns like",)


def test_every_table_is_declared_in_its_file_with_typed_described_and_sortable_columns_and_known_headers() -> None:
    columns = [(t, c) for t in declared().values() for c in t.columns]
    assert [f"{t.name}.{c.name}" for t, c in columns if len(c.comment) < 3 or len(t.comment) < 10] == []
    assert {f"{p.parent.name}.{p.stem}" for s in ("core", "meta") for p in (SQL / s).glob("*.sql")} == set(declared())
    days = ("valid_from", "valid_to", "period_start", "period_end", "date")
    moments = re.compile(r"known_(?!basis)\w+|\w+_at")
    assert {c.type for _, c in columns if moments.fullmatch(c.name)} == {"TIMESTAMP"}
    assert {c.type for _, c in columns if c.name.endswith("_date") or c.name in days} == {"DATE"}
    for t in declared().values():
        assert set(t.order) <= set(t.polars), t.name
        if t.newest is not None:
            assert t.newest.column in t.polars, t.name
            assert t.newest.source is None or t.newest.source.startswith("'") or t.newest.source in t.polars, t.name
    assert table("core.populations").newest == Newest("year", "source")
    text = "-- A table.\n-- grain: a, b\n-- grain: c\nSELECT 1\n-- grain: d\n"
    assert (headers(text, "grain"), headers(text, "calendar")) == (["a, b", "c"], [])
    # a misspelt header would be a check that is not there
    heads = {p: p.read_text(encoding="utf-8").split("CREATE", 1)[0] for f in ("core", "marts") for p in (SQL / f).glob("*.sql")}
    words = {(p.stem, w) for p, head in heads.items() for w in re.findall(r"^-- ([a-z]+(?: [a-z]+)?): ", head, re.MULTILINE)}
    assert [found for found in words if found[1] not in HEADS] == []


def test_a_frame_is_put_into_declared_order_widened_or_reported() -> None:
    fitted = table("core.program_aliases").conform(pl.DataFrame({"note": ["n"], "program_raw": ["A"]}))
    assert (fitted.columns, fitted["program"].to_list()) == (["program_raw", "program", "note"], [None])
    frame = pl.DataFrame({"actor_id": [1], "valid_from": ["2020"], "colour": ["red"]})
    with pytest.raises(BilateralError) as error:
        table("core.actors").conform(frame)
    said = (
        "core.actors",
        "actor_id: expected String, found Int64",
        "valid_from: expected Date, found String",
        "colour: not a col",
    )
    assert [words for words in said if words not in str(error.value)] == []
    assert table("core.populations").conform(pl.DataFrame({"year": pl.Series([2020], dtype=pl.Int16)}))["year"].dtype == pl.Int32
    with pytest.raises(BilateralError, match="valid_from"):
        table("core.actors").conform(pl.DataFrame({"valid_from": [datetime(2020, 1, 1)]}))
    assert table("core.actors").conform(pl.DataFrame({"valid_from": [date(2020, 1, 1)]})).height == 1


WARNED = """-- Things.
-- warning: early_release: it's too low.
-- warning: aggregation_hazard n: never add up.
CREATE TABLE core.things AS SELECT 1 AS n;
COMMENT ON TABLE core.things IS 'Things.';
COMMENT ON COLUMN core.things.n IS 'How many.';
"""


def test_usage_warnings_stand_at_the_end_of_their_comment_each_word_is_used_and_none_other_allowed() -> None:
    shown = with_warnings(WARNED, "things.sql")
    assert "COMMENT ON TABLE core.things IS 'Things. EARLY RELEASE: it''s too low.';" in shown
    assert "COMMENT ON COLUMN core.things.n IS 'How many. AGGREGATION HAZARD: never add up.';" in shown
    assert usage_warnings(WARNED, "things.sql") == (
        UsageWarning("early_release", None, "it's too low."),
        UsageWarning("aggregation_hazard", "n", "never add up."),
    )
    texts = {p: p.read_text(encoding="utf-8") for f in ("core", "marts", "macros", "meta") for p in (SQL / f).glob("*.sql")}
    assert {w.word for p, text in texts.items() for w in usage_warnings(text, p.name)} == set(WARNINGS)
    capitals = [word.replace("_", " ").upper() for word in WARNINGS]
    assert [p.name for p, text in texts.items() if any(f"{s}:" in text for s in (*capitals, "WARNING"))] == []
    for wrong, message in (
        ("early_relaese: x", "things.sql: .* should be .* one of: aggregation_hazard, early_release"),
        ("early_release", "things.sql: .* should be"),
        ("early_release m: x", "things.sql: .* needs one comment to stand in, of m"),
    ):
        with pytest.raises(BilateralError, match=message):
            with_warnings(WARNED.replace("early_release: it's too low.", wrong), "things.sql")
    for name in ("core.no_table.kind", "core.events.no_column", "core.events.evidence"):
        with pytest.raises(BilateralError, match=f"{name}, which is no column with a vocabulary"):
            vocabularies(f"-- vocabularies: kind: {name}\nCREATE TABLE x", "x")


# expectations that follow from the head of a file of a table: each can fail, and a head that cannot be read is refused -------

HEAD = """-- Things.
-- grain: a, from_date
-- calendar: a by span
-- calendar: a by month of month_end
-- stands once: a, kind
-- closes with: sanction_listings
-- vocabularies: kind: x, y, z z
CREATE TABLE core.things AS SELECT 1;
"""
SOUND = """
CREATE SCHEMA core;
CREATE TABLE core.things (
    listing_id VARCHAR, a INTEGER, kind VARCHAR, from_date DATE, to_date DATE, month_end DATE,
    known_from TIMESTAMP, known_to TIMESTAMP
);
CREATE TABLE core.sanction_listings (listing_id VARCHAR, known_to TIMESTAMP, valid_to DATE, valid_to_basis VARCHAR);
INSERT INTO core.sanction_listings VALUES ('l', NULL, NULL, NULL), ('gone', NULL, '2023-01-05', 'snapshot_diff');
INSERT INTO core.things VALUES
    ('l', 1, 'x', '2023-01-01', '2023-01-02', '2023-01-31', '2023-01-01', '2023-01-02'),
    ('l', 1, 'x', '2023-01-02', '2023-01-03', '2023-02-28', '2023-01-02', NULL),
    ('gone', 2, 'y', '2023-01-03', '2023-01-04', '2023-03-31', '2023-01-01', '2023-01-05');
"""
NEW = "INSERT INTO core.things SELECT * REPLACE ({}) FROM core.things WHERE known_to IS NULL"
SPOILED = [
    (0, "INSERT INTO core.things FROM core.things LIMIT 1"),
    (1, NEW.format("DATE '2023-01-04' AS from_date, DATE '2023-01-05' AS to_date")),
    (1, NEW.format("DATE '2023-01-05' AS from_date")),
    (2, NEW.format("DATE '2023-04-30' AS month_end")),
    (2, "UPDATE core.things SET month_end = '2023-02-27' WHERE known_to IS NULL"),
    (3, NEW.format("TIMESTAMP '2023-01-03' AS known_from")),
    (4, "UPDATE core.things SET known_to = NULL WHERE listing_id = 'gone'"),
    (4, "UPDATE core.things SET listing_id = 'nobody'"),
    (5, "UPDATE core.things SET kind = 'z' WHERE listing_id = 'gone'"),
]


@pytest.mark.parametrize(("number", "spoil"), SPOILED)
def test_what_follows_from_a_header_holds_on_sound_rows_and_finds_spoiled_ones(number: int, spoil: str) -> None:
    check = from_headers_of("core.things", HEAD)[number]
    with duckdb.connect() as con:
        con.execute(SOUND)
        assert con.execute(check.query).fetchall() == []
        con.execute(spoil)
        assert con.execute(check.query).fetchall() != []


def test_expectations_have_names_in_words_no_file_repeats_a_header_and_one_that_cannot_be_read_is_refused() -> None:
    assert {n for n, _ in SPOILED} == set(range(len(from_headers_of("core.things", HEAD))))
    assert all(f"-- {word}: " in HEAD for word in HEADERS)
    placed = [(e.table, e.name) for e in from_checks()]
    assert len(set(placed)) == len(placed)
    assert {(e.table, e.name) for e in from_headers()} <= set(placed)
    for t in declared().values():
        names = [e.name for e in from_declaration(t, declared())]
        assert len(names) == len(set(names)), t.name
        assert [n for n in names if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", n) or re.search(r"check|(^|_)[0-9]", n)] == []
    with pytest.raises(BilateralError, match=r"core\.things: '-- calendar: a' should be"):
        from_headers_of("core.things", "-- calendar: a\nCREATE TABLE x")
    # whose fault is another's than our code's is critical (sql/checks/README.md)
    files = {p.stem.replace("__", "."): p.read_text(encoding="utf-8") for p in (SQL / "checks").glob("*.sql")}
    severities = {f"{e.table.partition('.')[2]}.{e.name}": e.severity for e in from_checks()}
    assert {severities[name] for name, text in files.items() if re.search(r"^-- rests on: ", text, re.MULTILINE)} == {"critical"}
