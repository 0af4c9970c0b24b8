"""Expectations that follow from the head of a file of a table: each can fail, and a head that cannot be read is refused."""

import re

import duckdb
import pytest

from assets.errors import BilateralError
from assets.schema import SQL, declared
from pipelines.checks.expectations import HEADERS, from_checks, from_declaration, from_headers, from_headers_of

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


def test_expectations_have_names_in_words_and_no_file_repeats_a_header() -> None:
    assert {n for n, _ in SPOILED} == set(range(len(from_headers_of("core.things", HEAD))))
    assert all(f"-- {word}: " in HEAD for word in HEADERS)
    placed = [(e.table, e.name) for e in from_checks()]
    assert len(set(placed)) == len(placed)
    assert {(e.table, e.name) for e in from_headers()} <= set(placed)
    for table in declared().values():
        names = [e.name for e in from_declaration(table, declared())]
        assert len(names) == len(set(names)), table.name
        assert [n for n in names if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", n) or re.search(r"check|(^|_)[0-9]", n)] == []


def test_a_calendar_that_names_no_date_is_refused_with_the_form_it_should_have() -> None:
    with pytest.raises(BilateralError, match=r"core\.things: '-- calendar: a' should be"):
        from_headers_of("core.things", "-- calendar: a\nCREATE TABLE x")


def test_the_page_on_checks_names_what_rests_on_more_than_our_code_and_what_only_warns() -> None:
    page = (SQL / "checks" / "README.md").read_text(encoding="utf-8")
    stated, held = page.split("| now a warning |")
    expected = {f"{e.table.split('.')[1]}: {e.name}": e.severity for e in from_checks()}
    headed = {
        path.stem.replace("__", ": ", 1)
        for path in (SQL / "checks").glob("*.sql")
        if re.search(r"^-- rests on: ", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    of_rows = re.compile(r"^\| `(\w+: \w+)`", re.MULTILINE)
    assert set(of_rows.findall(stated)) == headed
    assert {expected[name] for name in headed} == {"critical"}
    assert {expected[name] for name in of_rows.findall(held)} == {"warning"}
