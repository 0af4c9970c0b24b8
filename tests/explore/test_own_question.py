"""A query of one's own: bounds that are said, values as SQL has them, and charts that show gaps as gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.errors import BilateralError
from pipelines.explore import own_question
from pipelines.explore.opened import OpenedFile
from pipelines.explore.own_question import Answer

HOSTILE = "<img src=x onerror=alert(1)><script>alert(1)</script>"


@pytest.fixture
def con(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with OpenedFile(published).cursor() as opened:
        yield opened


def test_more_rows_than_are_shown_are_said_to_be_there(con: duckdb.DuckDBPyConnection) -> None:
    answer = own_question.ask(con, "FROM range(5)", most=3)
    assert answer.rows == [(0,), (1,), (2,)]
    assert "The first 3 rows; there are more" in own_question.shown(answer)
    assert "5 rows, in" in own_question.shown(own_question.ask(con, "FROM range(5)", most=5))


def test_a_query_that_takes_too_long_is_stopped_and_the_next_one_is_answered(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(BilateralError, match="stopped after 0 seconds"):
        own_question.ask(con, "SELECT count(*) FROM range(1000000000) AS a, range(1000000000) AS b", seconds=0.2)
    assert own_question.ask(con, "SELECT 1 AS n").rows == [(1,)]


def test_a_name_that_is_not_there_is_answered_with_what_was_meant(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(BilateralError, match=r"There is no column nn in what the query reads\. Some that are there: n"):
        own_question.ask(con, "SELECT nn FROM core.t")


def test_columns_of_one_name_are_told_apart_and_values_are_those_of_sql(con: duckdb.DuckDBPyConnection) -> None:
    answer = own_question.ask(con, "SELECT 9007199254740993 AS n, NULL AS n, 2023 AS n")
    assert answer.columns == ["n", "n_2", "n_3"]
    assert "<td>9007199254740993</td><td>NULL</td><td>2023</td>" in own_question.shown(answer)


def test_a_remark_alone_asks_nothing(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(BilateralError, match="nothing was asked"):
        own_question.ask(con, "-- later")


def test_rows_are_taken_away_as_csv() -> None:
    answer = Answer(["d", "n"], [(date(2023, 1, 1), None), (date(2023, 1, 2), 2.5)], False, 0)
    assert own_question.as_csv(answer) == b"d,n\n2023-01-01,\n2023-01-02,2.5\n"


def test_days_lie_across_numbers_upwards_and_few_names_tell_series_apart() -> None:
    answer = Answer(["name", "d", "n", "ok"], [("a", date(2023, 1, 1), 1, True), ("b", date(2023, 1, 2), None, False)], False, 0)
    assert own_question.drawable(answer) == (["d", "name", "ok"], ["n"], ["name", "ok"])


def lines(html: str) -> list[list[tuple[float, float]]]:
    found = re.findall(r'<polyline points="([^"]+)" fill="none" stroke="#0072B2"', html.partition('<ul class="keys">')[0])
    return [[(float(p.split(",")[0]), float(p.split(",")[1])) for p in points.split()] for points in found]


def test_a_line_breaks_where_a_value_is_null_and_the_gap_is_shaded() -> None:
    rows: list[tuple[Any, ...]] = [(date(2023, 1, day), None if day == 5 else day) for day in (1, 3, 5, 7, 9)]
    html = own_question.chart(Answer(["d", "n"], rows, False, 0), "d", "n", None)
    assert [[x for x, _ in line] for line in lines(html)] == [[0, 2], [6, 8]]
    assert re.findall(r'<rect x="(\d+)" y="\d+" width="(\d+)" height="\d+" fill="#DDDDDD"><title>([^<]+)', html) == [
        ("3", "2", "2023-01-05: NULL")
    ]
    assert "1 rows are NULL: the line breaks there." in html


def test_several_values_of_a_day_are_points_without_a_line() -> None:
    rows: list[tuple[Any, ...]] = [(date(2023, 1, 1), 1), (date(2023, 1, 1), 2), (date(2023, 1, 2), 3)]
    assert lines(own_question.chart(Answer(["d", "n"], rows, False, 0), "d", "n", None)) == []


def test_series_that_cannot_be_told_apart_are_refused() -> None:
    rows: list[tuple[Any, ...]] = [(date(2023, 1, 1), n, f"s{n}") for n in range(8)]
    html = own_question.drawn(Answer(["d", "n", "s"], rows, False, 0), "d", "n", "s")
    assert "8 series cannot be told apart: choose a column with at most 7 values." in html


def test_a_scale_that_does_not_begin_at_0_says_so() -> None:
    rows: list[tuple[Any, ...]] = [(date(2023, 1, 1), 1000), (date(2023, 1, 2), 1010)]
    assert "does not begin at 0" in own_question.chart(Answer(["d", "n"], rows, False, 0), "d", "n", None)
    rows = [(date(2023, 1, 1), 1), (date(2023, 1, 2), 10)]
    assert "does not begin at 0" not in own_question.chart(Answer(["d", "n"], rows, False, 0), "d", "n", None)


def test_rows_without_days_are_bars_with_name_and_number_and_null_is_no_bar() -> None:
    answer = Answer(["name", "n"], [(HOSTILE, 4), ("b", None), ("c", -4)], False, 0)
    html = own_question.chart(answer, "name", "n", None)
    assert "<img" not in html
    assert '<span>b</span><span class="gap">not known</span><span>NULL</span>' in html
    assert re.findall(r'<rect x="([\d.]+)" width="([\d.]+)"', html) == [("500.0", "500.0"), ("0.0", "500.0")]


def test_the_examples_are_those_of_the_project_by_their_questions() -> None:
    found = own_question.examples()
    assert next(iter(found.values())) == own_question.FIRST_QUERY
    assert any("Institute of Forensic Science" in question for question in found)
