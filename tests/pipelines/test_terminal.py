"""What people see and hand in: tables that fit, texts in any encoding, and no command or link of a source's in what is shown."""

import codecs
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

from assets.errors import BilateralError
from pipelines.cli.app import tell
from pipelines.cli.bars import bars
from pipelines.cli.input import as_text, lines_of, text_of
from pipelines.cli.summary import summarize
from pipelines.cli.terminal import cell, fold, write_table
from pipelines.dagster.metadata import warning
from pipelines.services.report import Report
from pipelines.settings import Settings
from pipelines.storage.manifest import NewSnapshot

HEADLINE = "Removed from the Entity List: Ministry of Public Security's Institute of Forensic Science of China"


def table(names: Sequence[str], rows: Sequence[Sequence[Any]], width: int | None) -> str:
    out = io.StringIO()
    write_table(names, rows, out, width=width)
    return out.getvalue()


def test_cells_are_as_wide_as_they_are_shown_and_hold_no_control_characters_and_numbers_stand_to_the_right() -> None:
    assert HEADLINE in table(["what"], [[HEADLINE * 3]], None)
    lines = table(["name", "id"], [["公安部物证鉴定中心", "x"], ["MPS", "y"]], 80).splitlines()
    assert {cell_len(line[: line.rindex(mark)]) for line, mark in zip(lines[2:], "xy", strict=True)} == {20}
    assert cell("a\x1b[31mred\x07") == "a [31mred "
    assert [cell(v) for v in (True, 1.5, ["a", None], {"k": 1}, None)] == ["true", "1.5", "[a, NULL]", "{k: 1}", "NULL"]
    assert fold("one two three four five six", 20, "  ") == "  one two three four\n  five six"
    assert fold("one two", None, "  ") == "  one two"
    assert cell_len(table(["a", "b"], [["x " * 40] * 2], 61).splitlines()[1]) == 61, "no room is left over"
    shown = table(["n", "who"], [[5, "a"], [None, None], [1200, "b"]], 80)
    assert shown == "   n  who\n────  ────\n   5  a\nNULL  NULL\n1200  b\n"


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_long_headline_is_folded_between_words_and_a_row_of_too_many_columns_shown_as_a_record(width: int) -> None:
    shown = table(["date", "kind", "what", "deaths_known"], [["2023-11-16", "sanction", HEADLINE, 112024]], width)
    assert max(map(cell_len, shown.splitlines())) <= width
    column = shown.index("what")
    assert " ".join(line[column : column + width].split("  ")[0].strip() for line in shown.splitlines()[2:]) == HEADLINE
    assert "112024" in shown
    lines = table([f"a_long_name_{i}" for i in range(20)], [list(range(20)), [None] * 20], width).splitlines()
    assert [lines[0][:10], lines[20], lines[21][:10]] == ["── row 1 ─", "a_long_name_19  19", "── row 2 ─"]
    assert max(map(cell_len, lines)) <= width


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


NAMES = ["Müller GmbH", "公安部", "Wáng"]


def lines(path: Path) -> list[str]:
    with lines_of(str(path)) as found:
        return list(found)


@pytest.mark.parametrize(
    "data",
    [
        "\n".join(NAMES).encode(),
        codecs.BOM_UTF8 + "\r\n".join(NAMES).encode(),
        "\n".join(NAMES).encode("utf-16"),
        codecs.BOM_UTF16_BE + "\r\n".join(NAMES).encode("utf-16-be"),
        "\n".join(["x" * 4, *NAMES]).encode("utf-16-le"),
        "\n".join(["x" * 4, *NAMES]).encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with its mark", "utf-16", "utf-16, big end first", "utf-16 without mark", "the same, big end first"],
)
def test_unicode_is_read_with_and_without_its_mark(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "names.txt").write_bytes(data)
    assert lines(tmp_path / "names.txt")[-3:] == NAMES


def test_what_is_not_utf_8_is_latin_1_or_named_as_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "names.txt").write_bytes("Wáng\n".encode() + "Müller\nJosé\n".encode("cp1252") + "公安部\n".encode())
    assert lines(tmp_path / "names.txt") == ["Wáng", "Müller", "José", "公安部"]
    told = capsys.readouterr().err
    assert (told.count("not UTF-8"), "line 2" in told) == (1, True)
    (tmp_path / "half.txt").write_bytes(codecs.BOM_UTF16_LE + b"a\0b")
    for path, said in (("half.txt", "begins as UTF-16 and is none"), ("none.txt", "cannot be read"), (".", "cannot be read")):
        with pytest.raises(BilateralError, match=said):
            lines(tmp_path / path)
    (tmp_path / "q.sql").write_bytes(codecs.BOM_UTF8 + b"SELECT 1 -- one\n+ 1")
    assert text_of(str(tmp_path / "q.sql")) == "SELECT 1 -- one\n+ 1", "queries keep their lines"
    assert [as_text(t) for t in (b"M\xfcller".decode("utf-8", "surrogateescape"), "公安部")] == ["Müller", "公安部"]


ESCAPE = "\x1b]8;;http://example.org\x07\x1b[2J\r\u202e"


def test_what_a_refresh_says_and_its_summary_move_no_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = NewSnapshot("us_csl", "2023-01-01T000000Z", "quarantined", f"begins with {ESCAPE}", f"a column {ESCAPE}", 1, 0)
    refused = Report(new=[new], problems=[ESCAPE], not_promoted=[ESCAPE], quarantined_rows=[ESCAPE])
    summarize(refused, Settings(warehouse=tmp_path), [ESCAPE], 1.0, verbose=True)
    with bars() as say:
        say(ESCAPE)
    tell(ESCAPE)
    shown = "".join(capsys.readouterr())
    assert "begins with" in shown
    assert [c for c in shown if not (c.isprintable() or c == "\n")] == []


@pytest.mark.parametrize("before", ["!", "\\!", "`` ` `` !", "", "<img src=http://example.org/x.png>"])
def test_a_reason_that_cites_a_source_is_text_alone_in_the_ui(before: str) -> None:
    description = warning(dg.AssetKey("a"), "b", [f"begins with {before}[x](http://example.org/x.png)"]).description
    assert re.findall(r"<(?!/?p>)\w+", MarkdownIt("commonmark").render(description or "")) == []
