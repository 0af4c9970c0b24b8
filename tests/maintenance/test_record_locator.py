"""The record of a file that a row was read from, or none."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.maintenance.record_locator import passage, record_of, shown

B_AND_C = "<b><c>B &amp; C</c></b>"


@pytest.mark.parametrize(
    ("data", "number", "row", "place", "record"),
    [
        (b"id,name\n7,Alpha\n8,Beta\n", 2, {"name": "Beta"}, "line 3 (row 2 after the header)", "8,Beta"),
        (b'7,Alpha\r\n8,"Beta"\r\n', 2, {"name": "Beta"}, "line 2 (row 2)", '8,"Beta"'),
        (b'id,name\n7,"Al\npha"\n8,Beta\n', 2, {"name": "Beta"}, "line 4 (row 2 after the header)", "8,Beta"),
        (b'{"a": [{"name": "A"}, {"name": "Be \\u00e9"}]}', 2, {"name": "Be é"}, "element 2 of a", '{"name": "Be é"}'),
        (b'[{"n": 1}, {"n": 12}]', 2, {"n_events": 12}, "element 2 of the array", '{"n": 12}'),
        (b"<a><b><c>A</c></b><b><c>B &amp; C</c></b></a>", 2, {"name": "B & C"}, "element 2 (b, level 2)", B_AND_C),
        ("id,name\n7,A\n8,Bêta\n".encode("utf-16"), 2, {"name": "Bêta"}, "line 3 (row 2 after the header)", "8,Bêta"),
        ("7,Bêta\n".encode("cp1252"), 1, {"name": "Bêta"}, "line 1 (row 1)", "7,Bêta"),
    ],
)  # fmt: skip
def test_the_record_is_found_in_each_format(data: bytes, number: int, row: dict[str, object], place: str, record: str) -> None:
    found = record_of(data, number, row)
    assert found is not None
    assert (found.place, found.text) == (place, record)


def test_of_the_line_with_and_without_a_header_the_one_is_taken_that_says_more_of_the_row() -> None:
    data = b"7,Alpha,2023-01-31\n8,Alpha,02/28/2023\n9,Alpha,2023-03-31\n"
    found = record_of(data, 2, {"name": "Alpha", "period_end": date(2023, 2, 28)})
    assert found is not None
    assert (found.text, found.columns) == ("8,Alpha,02/28/2023", ("name", "period_end"))


def test_a_record_that_says_nothing_of_the_row_is_not_shown() -> None:
    data = b"id,name\n7,Alpha\n112,Beta\n"
    assert record_of(data, 2, {"value": 12}) is None, "12 is not in 112"
    assert record_of(data, 2, {"source": "Beta", "known_from": date(2023, 1, 1)}) is None, "columns of this project prove nothing"
    assert record_of(data, 9, {"name": "Beta"}) is None
    assert record_of(b"PK\x03\x04" + data, 2, {"name": "Beta"}) is None


@pytest.mark.parametrize(
    "data", [b'{"a": [{"b": 1}, {"b"', b"<a><b>", b"[" * 100_000, b'"' + b"x\n" * 5_000, b"", b"0\n", b"\x00"]
)
def test_damaged_and_hostile_files_have_no_record(data: bytes) -> None:
    assert record_of(data, 3, {"value": 2}) is None


def test_the_evidence_of_an_event_is_found_letter_for_letter() -> None:
    found = passage(b"first line\nChina sanctioned \xe9lite firms.", "sanctioned élite firms")
    assert found is not None
    assert (found.place, found.text) == ("line 2", "sanctioned élite firms")
    assert passage(b"nothing of it", "sanctioned") is None


def test_text_is_shown_without_what_would_move_a_terminal() -> None:
    assert shown("a\x1b[2Jb\tc") == "a\\x1b[2Jb\tc"
    assert shown("x" * 30, most=10) == "xxxxxxxxxx... (30 characters in all)"
