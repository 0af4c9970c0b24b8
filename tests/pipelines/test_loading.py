"""Large tables are loaded in runs of days, each sorted, one behind the other."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl

from assets.schema import table
from pipelines.publish import loading

OCTOBER = [date(2019, 10, day) for day in range(1, 5)]


def test_days_are_put_together_up_to_the_rows_of_a_run_and_none_is_divided() -> None:
    rows = list(zip(OCTOBER, (3, 4, 12, 1), strict=True))
    assert list(loading.runs(rows, most=10)) == [
        (OCTOBER[0], OCTOBER[1]),
        (OCTOBER[2], OCTOBER[2]),
        (OCTOBER[3], OCTOBER[3]),
    ]
    assert list(loading.runs([], most=10)) == []


def test_the_rows_of_each_run_are_sorted_and_what_the_last_instant_of_a_day_brought_belongs_to_it(tmp_path: Path) -> None:
    moments = [datetime(2019, 10, 1, 23, 59, 59, 999_999), datetime(2019, 10, 2), datetime(2019, 10, 1), datetime(2019, 10, 2, 9)]
    reports = table("core.event_reports").conform(
        pl.DataFrame({"event_id": ["d", "c", "b", "a"], "report_id": ["r"] * 4, "known_from": moments})
    )
    paths = [tmp_path / "one.parquet", tmp_path / "two.parquet"]
    for path, part in zip(paths, (reports.head(2), reports.tail(2)), strict=True):
        part.write_parquet(path)
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        con.execute("CREATE TABLE core.event_reports AS SELECT * FROM read_parquet(?) LIMIT 0", [str(paths[0])])
        loading.load(con, table("core.event_reports"), paths, most=2)
        found = con.execute("SELECT event_id FROM core.event_reports").fetchall()
    assert [row[0] for row in found] == ["b", "d", "a", "c"]
