"""The explorer: which edition of the file it reads, what may be asked of two states, and how its server starts."""

from __future__ import annotations

import os
import socket
import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest

from assets.errors import BilateralError
from pipelines.cli import main
from pipelines.explore import own_question, pair_view
from pipelines.explore.opened import OpenedFile, day_of, in_words, said
from pipelines.explore.serve import serve, style
from pipelines.pages.drawing import Chart
from pipelines.settings import Settings
from tests.explore.conftest import write

HOSTILE = "<img src=x onerror=alert(1)><script>alert(1)</script>"


def number(con: duckdb.DuckDBPyConnection) -> Any:
    return con.execute("SELECT n FROM core.t").fetchall()[0][0]


def test_a_file_that_a_refresh_put_in_the_place_of_another_is_read_by_the_next_question(published: Path) -> None:
    file = OpenedFile(published)
    with file.cursor() as con:
        assert number(con) == 1
    write(published, 2)
    with file.cursor() as con:
        assert number(con) == 2
        assert in_words(con) == "<p>From the file built on 2026-01-02 03:04 UTC.</p>"


def test_a_question_that_is_running_keeps_its_edition_and_others_may_ask_beside_it(published: Path) -> None:
    file = OpenedFile(published)
    with file.cursor() as con:
        con.execute("CREATE TEMP TABLE mine AS SELECT 7 AS n")
        write(published, 2)
        with file.cursor() as beside:
            assert number(beside) == number(con) == 1
            assert beside.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'mine'").fetchall() == [(0,)]
    with file.cursor() as con:
        assert number(con) == 2


def test_the_explorer_reads_the_file_and_nothing_else(published: Path) -> None:
    secret = published.with_name("secret.csv")
    secret.write_text("n\n42\n", encoding="utf-8")
    with OpenedFile(published).cursor() as con:
        for query in (f"FROM '{secret}'", f"FROM read_csv('{secret}')", f"COPY core.t TO '{secret}'", "SET threads = 64"):
            with pytest.raises(BilateralError):
                own_question.ask(con, query)
    assert secret.read_text(encoding="utf-8") == "n\n42\n"


def test_without_a_file_or_with_one_of_another_kind_a_sentence_says_what_to_do(tmp_path: Path, published: Path) -> None:
    states, problem = pair_view.offered(OpenedFile(tmp_path / "none.duckdb"))
    assert states == {}
    assert "does not exist yet: run &#x27;bilateral refresh&#x27;" in problem
    states, problem = pair_view.offered(OpenedFile(published))
    assert states == {}
    assert "lacks what this page reads" in problem
    assert 'role="alert"' in problem


def test_a_file_that_cannot_be_read_is_not_said_to_be_of_another_version() -> None:
    def fails() -> str:
        raise duckdb.OutOfMemoryException("Out of Memory Error: full\nmore")

    assert said(fails) == '<p class="warn" role="alert">The file could not be read: Out of Memory Error: full.</p>'


def test_a_day_is_a_date_or_nothing() -> None:
    assert day_of("From", " 2023-12-22 ") == date(2023, 12, 22)
    assert day_of("From", " ") is None
    with pytest.raises(BilateralError, match=r"From '22\.12\.2023': expected a date as YYYY-MM-DD, or nothing\."):
        day_of("From", "22.12.2023")


def test_a_sentence_that_says_what_is_wrong_is_text() -> None:
    def fails() -> str:
        raise BilateralError(HOSTILE)

    assert "<img" not in said(fails)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BilateralError, match="the period ends before it begins"):
        pair_view.question(("USA", "CHN"), "2024-01-01", "2023-01-01", None, "")


def test_what_is_asked_with_the_widgets_is_a_question() -> None:
    asked = pair_view.question(("USA", "CHN"), "2023-01-01", "", "month", "2023-12-22")
    assert (asked.since, asked.until, asked.grain, asked.as_known) == (date(2023, 1, 1), None, "month", date(2023, 12, 22))


def chart_of(*rows: tuple[Any, ...]) -> Chart:
    return Chart("c", "Title", "Says", date(2023, 1, 1), date(2023, 1, 2), 10, lambda _: "", [], [], ("day", "n"), rows)


def test_the_numbers_of_a_chart_are_found_by_words() -> None:
    html = pair_view.numbers(chart_of(("2023-01-01", 1), ("2023-01-02", None)), "2023-01-02")
    assert "1 of 2 rows." in html
    assert "<td>2023-01-02</td><td>not known</td>" in html
    assert "<td>2023-01-01</td>" not in html


def test_of_many_numbers_the_first_are_shown_and_the_others_are_told() -> None:
    html = pair_view.numbers(chart_of(*((f"day {n}", n) for n in range(501))))
    assert "501 rows; the first 500 are here" in html
    assert "<td>day 499</td>" in html
    assert "<td>day 500</td>" not in html


@pytest.fixture
def kept_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server sets for itself is gone after the test."""
    monkeypatch.setattr(os, "environ", dict(os.environ))


def test_the_command_says_that_there_is_no_file_yet_and_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BILATERAL_WAREHOUSE", str(tmp_path))
    assert main(["explore", "--port", "0"]) == 1
    told = capsys.readouterr()
    assert "bilateral.duckdb does not exist yet: run 'bilateral refresh'" in told.err
    assert told.out == ""


@pytest.mark.usefixtures("kept_environment")
def test_a_port_that_is_taken_is_told_and_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("marimo", "uvicorn"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    told: list[str] = []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BilateralError, match=f"port {port} is taken, perhaps by another explorer: choose"):
            serve(Settings(warehouse=tmp_path), port, told.append, browse=False)
    assert told == []


@pytest.mark.usefixtures("kept_environment")
def test_without_the_extra_a_sentence_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "marimo", None)
    with pytest.raises(BilateralError, match=r"needs marimo, which is not installed.*pip install -e '.\[explore\]'"):
        serve(Settings(warehouse=tmp_path), 0, print, browse=False)


def test_the_style_of_what_is_shown_reaches_no_widget() -> None:
    text = style()
    assert text.count("{") == text.count("}")
    assert text.startswith(".explore {")
    outside = text[text.index("\n}\n.explore" if "\n}\n.explore" in text else "\n}\n") :]
    selectors = [line.partition("{")[0].strip() for line in outside.splitlines() if "{" in line and not line.startswith("/*")]
    assert {s for s in selectors if not s.startswith((".explore", "[data-testid"))} == set()
