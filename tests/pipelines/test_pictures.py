"""The pictures and previews of Dagster's pages: what is drawn is what is held, and previews begin with what says most."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from assets.schema import SQL
from pipelines.dagster import pictures
from pipelines.dagster.previews import PREVIEW_ROWS, mart_metadata, telling
from pipelines.publish.scripts import scripts
from tests.sql.conftest import with_actors

if TYPE_CHECKING:
    from tests.sql.conftest import Warehouse

ASKED = sorted((SQL / "pictures").glob("*.sql"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def counted() -> Iterator[Warehouse]:
    """Sums of twelve months in the United States in two vintages, with a gap of a year between two runs of months."""
    warehouse = with_actors()
    months = [date(2017, m, 28) for m in (1, 2, 3)] + [date(2018, m, 28) for m in (4, 5)]
    for period_end in months:
        row = {"period_end": period_end, "counts_by": "occurrence"}
        first, second = {"known_from": "2018-06-01", "known_to": "2018-07-01"}, {"known_from": "2018-07-01"}
        warehouse.put(
            "core.overdose_observations", row | first | {"value": 100}, row | second | {"value": 100 + period_end.month}
        )
    with closing(warehouse.build().con):
        yield warehouse


def svg_of(picture: str) -> etree._Element:
    found = re.search(r"\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", picture)
    assert found is not None
    return etree.fromstring(base64.b64decode(found[1]))


@pytest.mark.parametrize("path", ASKED, ids=lambda p: p.stem)
def test_a_picture_is_of_a_mart_and_has_a_title_that_fits_and_gives_day_series_and_value(counted: Warehouse, path: Path) -> None:
    title, reading, *query = path.read_text(encoding="utf-8").splitlines()
    assert path.stem in {script.name for script in scripts("marts")}
    assert 10 < len(title) <= 72, "a longer title is cut at the edge of the picture"
    assert re.fullmatch(r"-- [A-Z].*\.", title)
    assert re.fullmatch(r"-- [A-Z].*\.", reading)
    assert [c[0] for c in counted.ask(f"DESCRIBE {' '.join(query)}")] == ["day", "series", "value"]


def test_the_revisions_of_a_count_are_drawn_as_shares_with_a_break_where_months_are_missing(counted: Warehouse) -> None:
    picture = pictures.drawn(counted.con, "revision_analysis")
    assert picture is not None
    assert picture.startswith(
        "![Revision of the count of overdose deaths since its first version. reported: 0.05 at 2018-05-28.](data:"
    )
    lines = svg_of(picture).findall(f".//{SVG}polyline")
    drawn = [n.get("points", "").split() for n in lines]
    # the last line is the sign of the legend
    assert [len(points) for points in drawn] == [3, 2, 2]
    heights = [float(p.split(",")[1]) for points in drawn[:2] for p in points]
    assert heights == sorted(heights, reverse=True), "1, 2, 3, 4 and 5 percent: each higher than the one before"


def test_a_mart_without_a_picture_or_without_rows_has_none(counted: Warehouse) -> None:
    assert pictures.drawn(counted.con, "party_words") is None
    assert pictures.drawn(counted.con, "dyad_month") is None


def test_what_a_source_serves_is_text_in_a_picture_and_cannot_leave_it() -> None:
    name = '<script>alert(1)</script>](javascript:alert(2))"'
    points = {name: [(date(2020, 1, 31), 1.0), (date(2020, 2, 29), 2.0)]}
    chart = pictures.chart_of("x", "Deaths.", points)
    picture = pictures.as_markdown(chart, "As held.")
    assert picture.count("](") == 1
    svg = svg_of(picture)
    assert svg.findall(f".//{SVG}script") == []
    assert name in "".join(svg.itertext())


def test_values_of_any_size_have_round_ticks() -> None:
    points = [(date(2020, 1, 31), -0.0123), (date(2020, 2, 29), 0.031)]
    labels = [text for _, text in pictures.chart_of("x", "Shares.", {"a": points}).ticks]
    assert labels == ["-0.02", "-0.01", "0", "0.01", "0.02", "0.03", "0.04"]
    flat = pictures.chart_of("x", "None.", {"a": [(date(2020, 1, 31), 0.0), (date(2020, 2, 29), 0.0)]})
    assert [text for _, text in flat.ticks] == ["0", "1"]


def test_a_preview_shows_the_rows_that_say_most_in_their_order() -> None:
    rows = [("x", 0), ("y", None), ("z", 3), ("u", 4)]
    assert [a for a, _ in telling(rows)] == ["z", "u", "x", "y"]
    assert [b for (b,) in telling([(0,), (0.0,), (False,), (1,)])] == [False, 1, 0, 0.0]
    assert len(telling([(n,) for n in range(100)])) == PREVIEW_ROWS
    assert telling([]) == []


def test_the_preview_of_a_mart_begins_with_its_newest_rows_that_say_something(counted: Warehouse) -> None:
    counted.con.execute("CREATE OR REPLACE TABLE marts.shown (actor_id VARCHAR, date DATE, n_lists_held BIGINT, n_events BIGINT)")
    counted.con.execute("INSERT INTO marts.shown SELECT 'A', DATE '2020-01-01' + i::INTEGER, 1, NULL FROM range(200) AS t (i)")
    counted.con.execute("INSERT INTO marts.shown VALUES ('B', '2020-02-01', 1, 5), ('C', '2020-03-01', 1, 0)")
    columns = "SELECT 'marts.shown', column_name, column_index, data_type, 'x' FROM duckdb_columns() WHERE table_name = 'shown'"
    counted.con.execute(f"INSERT INTO meta.columns (table_name, column_name, position, type, description) {columns}")
    shown = mart_metadata(counted.con, "marts.shown")
    assert shown["preview"].value.splitlines()[2:] == ["| B | 2020-02-01 | 1 | 5 |"]
    assert (shown["dagster/row_count"], shown["newest_date"]) == (202, "2020-07-18")
    assert "picture" not in shown
