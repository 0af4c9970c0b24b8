"""Tables that fit: nothing is cut, and no line is wider than the terminal."""

import io
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pipelines.cli.terminal import cell, fold, write_table

HEADLINE = "Removed from the Entity List: Ministry of Public Security's Institute of Forensic Science of China"


def table(names: Sequence[str], rows: Sequence[Sequence[Any]], width: int | None) -> str:
    out = io.StringIO()
    write_table(names, rows, out, width=width)
    return out.getvalue()


def test_cells_are_as_wide_as_they_are_shown_and_hold_no_control_characters() -> None:
    assert HEADLINE in table(["what"], [[HEADLINE * 3]], None)
    lines = table(["name", "id"], [["公安部物证鉴定中心", "x"], ["MPS", "y"]], 80).splitlines()
    assert {cell_len(line[: line.rindex(mark)]) for line, mark in zip(lines[2:], "xy", strict=True)} == {20}
    assert cell("a\x1b[31mred\x07") == "a [31mred "
    assert [cell(v) for v in (True, 1.5, ["a", None], {"k": 1}, None)] == ["true", "1.5", "[a, NULL]", "{k: 1}", "NULL"]
    assert fold("one two three four five six", 20, "  ") == "  one two three four\n  five six"
    assert fold("one two", None, "  ") == "  one two"


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_long_headline_is_folded_between_words_and_a_row_of_too_many_columns_shown_as_a_record(width: int) -> None:
    shown = table(["date", "kind", "what", "deaths_known"], [["2023-11-16", "sanction", HEADLINE, 112024]], width)
    assert max(map(cell_len, shown.splitlines())) <= width
    column = shown.index("what")
    assert " ".join(line[column : column + width].split("  ")[0].strip() for line in shown.splitlines()[2:]) == HEADLINE
    assert "112024" in shown
    lines = table([f"a_long_name_{i}" for i in range(20)], [list(range(20)), [None] * 20], width).splitlines()
    assert lines[0].startswith("── row 1 ─")
    assert lines[20] == "a_long_name_19  19"
    assert lines[21].startswith("── row 2 ─")
    assert max(map(cell_len, lines)) <= width


def test_numbers_stand_to_the_right_and_what_is_not_known_is_null() -> None:
    shown = table(["n", "who"], [[5, "a"], [None, None], [1200, "b"]], 80)
    assert shown == "   n  who\n────  ────\n   5  a\nNULL  NULL\n1200  b\n"


@given(
    st.lists(st.lists(st.text(max_size=60) | st.none() | st.integers(), min_size=4, max_size=4), max_size=6),
    st.integers(20, 140),
)
def test_no_line_is_ever_wider_than_the_terminal_and_no_word_is_lost(rows: list[list[Any]], width: int) -> None:
    shown = table(["a", "b", "c", "d"], rows, width)
    assert all(cell_len(line) <= width for line in shown.splitlines())
    letters = re.sub(r"[\s─]|row", "", shown)
    for value in (v for row in rows for v in row if isinstance(v, int)):
        assert str(value)[:1] in letters
