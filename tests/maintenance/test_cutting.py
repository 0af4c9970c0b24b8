"""Cutting one row out of the file of a source: the record that the row says, or none."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.maintenance.record_locator import cut_out, passage, shown

B_AND_C = b"<b><c>B &amp; C</c></b>"
WIDE = "8,Bêta".encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "number", "row", "place", "record"),
    [
        (b"id,name\n7,Alpha\n8,Beta\n", 2, {"name": "Beta"}, "line 3 (row 2 after the header)", b"8,Beta"),
        (b'7,Alpha\r\n8,"Beta"\r\n', 2, {"name": "Beta"}, "line 2 (row 2)", b'8,"Beta"'),
        (b'id,name\n7,"Al\npha"\n8,Beta\n', 2, {"name": "Beta"}, "line 4 (row 2 after the header)", b"8,Beta"),
        (b'{"a": [{"name": "A"}, {"name": "Be \\u00e9"}]}', 2, {"name": "Be é"}, "element 2 of a", b'{"name": "Be \\u00e9"}'),
        (b'[{"n": 1}, {"n": 12}]', 2, {"n_events": 12}, "element 2 of the array", b'{"n": 12}'),
        (b"<a><b><c>A</c></b><b><c>B &amp; C</c></b></a>", 2, {"name": "B & C"}, "element 2 (b, level 2)", B_AND_C),
        ("id,name\n7,A\n8,Bêta\n".encode("utf-16"), 2, {"name": "Bêta"}, "line 3 (row 2 after the header)", WIDE),
        ("7,Bêta\n".encode("cp1252"), 1, {"name": "Bêta"}, "line 1 (row 1)", "7,Bêta".encode("cp1252")),
    ],
)  # fmt: skip
def test_a_row_is_cut_out_of_each_format(data: bytes, number: int, row: dict[str, object], place: str, record: bytes) -> None:
    found = cut_out(data, number, row)
    assert found is not None
    assert (found.place, found.data) == (place, record)
    assert data[found.start : found.end] == record


def test_of_the_line_with_and_without_a_header_the_one_is_taken_that_says_more_of_the_row() -> None:
    data = b"7,Alpha,2023-01-31\n8,Alpha,2023-02-28\n9,Alpha,2023-03-31\n"
    found = cut_out(data, 2, {"name": "Alpha", "period_end": date(2023, 2, 28)})
    assert found is not None
    assert (found.data, found.columns) == (b"8,Alpha,2023-02-28", ("name", "period_end"))


def test_a_record_that_says_nothing_of_the_row_is_not_shown() -> None:
    data = b"id,name\n7,Alpha\n112,Beta\n"
    assert cut_out(data, 2, {"value": 12}) is None, "12 is not in 112"
    assert cut_out(data, 2, {"source": "Beta", "known_from": date(2023, 1, 1)}) is None, "columns of this project prove nothing"
    assert cut_out(data, 9, {"name": "Beta"}) is None
    assert cut_out(b"PK\x03\x04" + data, 2, {"name": "Beta"}) is None


def test_damaged_and_hostile_files_are_cut_as_lines_or_not_at_all() -> None:
    assert cut_out(b'{"a": [{"b": 1}, {"b"', 2, {"value": 2}) is None
    assert cut_out(b"<a><b>", 1, {"value": 2}) is None
    assert cut_out(b"[" * 100_000, 1, {"value": 2}) is None
    assert cut_out(b'"' + b"x\n" * 5_000, 3, {"value": 2}) is None
    assert cut_out(b"", 1, {"value": 2}) is None


def test_the_evidence_of_an_event_is_found_letter_for_letter() -> None:
    found = passage(b"first line\nChina sanctioned \xe9lite firms.", "sanctioned élite firms")
    assert found is not None
    assert (found.place, found.data) == ("line 2", b"sanctioned \xe9lite firms")
    assert passage(b"nothing of it", "sanctioned") is None


def test_bytes_are_shown_without_what_would_move_a_terminal() -> None:
    assert shown(b"a\x1b[2Jb\xff\tc") == "a\\x1b[2Jb\\xff\tc"
    assert shown(b"x" * 30, most=10) == "xxxxxxxxxx... (30 bytes in all)"
