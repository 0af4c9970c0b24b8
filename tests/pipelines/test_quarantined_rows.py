"""Rows that break a rule of rows, on manifests of a few made-up rows: what goes, what goes with it, and what stays."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.contracts import RowGuard
from assets.schema import declared, table
from pipelines.checks.expectations import expectations_of, from_checks
from pipelines.checks.validations import Validation
from pipelines.storage import quarantined_rows as aside
from pipelines.storage.core import CoreStore
from pipelines.storage.manifest import Manifest, SourceState
from pipelines.storage.quarantined_rows import BrokenRule

MOMENT = datetime(2022, 9, 1)
NEWS = ("events", "event_reports", "articles", "mentions")
DATED = "dated_not_after_known"


def rows_of(n: int, of: Callable[[int], dict[str, object]], **constant: object) -> pl.DataFrame:
    return pl.DataFrame([constant | {"known_from": MOMENT} | of(i) for i in range(n)])


def articles(n: int, source: str, untitled: int = -1) -> pl.DataFrame:
    """Articles, one of them without a title."""
    return rows_of(
        n, lambda i: {"article_id": f"{source}{i}", "title": " " if i == untitled else "A title"},
        published_precision="unknown", known_basis="snapshot", source=source, snapshot_id="s1", file="a.csv",
    )  # fmt: skip


def events(n: int, source: str, bad: int = 0) -> pl.DataFrame:
    """An event for each article; the first ``bad`` ones are dated after they were known."""

    def row(i: int) -> dict[str, object]:
        first = date(2023, 1, 1) if i < bad else date(2022, 8, 1)
        ids = {"event_id": f"{source}:{i}", "article_id": f"{source}{i}", "origin_id": str(i), "row_number": i + 1}
        return ids | {"event_date": first, "event_date_end": first + timedelta(days=1)}

    return rows_of(
        n, row, date_precision="day", cameo_code="010", cameo_root="01", modality="past", coder="c", coder_version="1",
        n_reports=1, known_basis="snapshot", origin=source, snapshot_id="s1",
    )  # fmt: skip


class Core:
    """A core store, and a manifest in which rows are put."""

    def __init__(self, folder: Path, n: int = 0, bad: int = 0) -> None:
        self.store, self.manifest = CoreStore(folder), Manifest("news", "v1")
        self.store.parts("news").mkdir(parents=True)
        for source, bad_ones in (("articles", bad), ("feeds", 0)) if n else ():
            self.put(source, "articles", articles(n, source))
            self.put(source, "events", events(n, source, bad=bad_ones))
            reports = events(n, source).select("event_id", "article_id", "known_from", report_id=pl.col("origin_id"))
            self.put(source, "event_reports", reports)

    def put(self, source: str, name: str, frame: pl.DataFrame, *, closed: bool = False) -> None:
        state = self.manifest.sources.setdefault(source, SourceState())
        entry = state.tables.setdefault(name, {"open": None, "closed": []})
        file = f"{source}.{name}.{len(list(state.files()))}.parquet"
        table(f"core.{name}").conform(frame).write_parquet(self.store.parts("news") / file)
        if closed:
            entry["closed"].append(file)
        else:
            entry["open"] = file

    def broken(self, name: str) -> list[BrokenRule]:
        """Ask the declared rule or check of this name which rows break it."""
        own = [f"core.{n}" for n in NEWS]
        with duckdb.connect() as con:
            con.execute("CREATE SCHEMA core")
            for of in NEWS:
                con.register("_rows", self.rows(of).to_arrow())
                con.execute(f"CREATE TABLE core.{of} AS FROM _rows")
            return aside.offences(con, [e for n in own for e in expectations_of(n, own) if e.name == name])

    def set_aside(self, broken: list[BrokenRule], tables: tuple[str, ...] = NEWS, **guards: RowGuard) -> dict[str, str]:
        self.manifest, doubted = aside.set_aside(self.store, self.manifest, broken, guards, tables)
        return doubted

    def rows(self, name: str) -> pl.DataFrame:
        files = self.store.files(self.manifest, name)
        return pl.read_parquet(files) if files else table(f"core.{name}").empty()

    def heights(self) -> list[int]:
        return [self.rows(name).height for name in ("articles", "events", "event_reports")]

    @property
    def listing(self) -> pl.DataFrame:
        return aside.rows_of(self.store, self.manifest)


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path, 400, bad=1)


def test_one_bad_row_goes_with_what_refers_to_it_and_comes_back_when_the_rule_is_fixed(core: Core) -> None:
    assert core.set_aside(core.broken(DATED)) == {}
    assert core.heights() == [800, 799, 799]
    assert core.rows("events").filter(event_id="articles:0").is_empty()
    assert core.listing.select("source", "table_name", "rule").rows() == [
        ("articles", "core.event_reports", "event_id_exists_in_events"),
        ("articles", "core.events", DATED),
    ]
    found = core.listing.filter(table_name="core.events").row(0, named=True)
    assert (json.loads(found["key"]), found["snapshot_id"], found["row"]) == ({"event_id": "articles:0"}, "s1", 1)
    assert "not known before it happened" in found["reason"]
    # the outcome of a rule says how many rows were set aside
    outcome = Validation("core.events", DATED, "critical", "passed", "d", None, 0, None, MOMENT)
    marked = aside.with_counts([outcome, replace(outcome, expectation="day_is_one_day")], core.listing)
    assert [v.n_set_aside for v in marked] == [1, None]
    assert "articles:0" in (marked[0].offending_rows or "")
    said = f"articles: 1 row of core.events quarantined by {DATED}"
    assert any(line.startswith(said) for line in aside.lines(core.listing))
    # the files of the fold stay whole
    assert core.manifest.edition != core.manifest.version
    core.store.promote(core.manifest)
    again = core.store.current("news")
    assert pl.read_parquet(core.store.files(again, "events")).height == 799
    healed = replace(again, set_aside=None, kept={})
    assert pl.read_parquet(core.store.files(healed, "events")).height == 800
    core.store.promote(healed)
    assert not list(core.store.parts("news").glob("*without*"))


def test_too_many_bad_rows_are_the_fault_of_their_source_by_its_declared_share(core: Core, tmp_path: Path) -> None:
    core.put("articles", "events", events(400, "articles", bad=6))
    before, rule = core.manifest, core.broken(DATED)
    doubted = core.set_aside(rule)
    assert (list(doubted), core.manifest is before) == (["articles"], True)
    assert f"6 of its 400 rows of core.events break {DATED}" in doubted["articles"]
    assert core.set_aside(rule, articles=RowGuard(max_set_aside_share=0.02)) == {}
    assert core.rows("events").height == 794
    others = Core(tmp_path / "before", 400, bad=4)
    rule = others.broken(DATED)
    assert others.set_aside(rule) == {}
    more = replace(rule[0], values=pl.DataFrame({"event_id": ["articles:100", "articles:101"]}))
    assert list(others.set_aside([more])) == ["articles"]
    # a handful is no reason to doubt a source, but half of its rows are
    for bad, expected in ((3, ["articles"]), (2, [])):
        few = Core(tmp_path / str(bad), 4, bad=bad)
        assert list(few.set_aside(few.broken(DATED))) == expected


def test_an_article_takes_its_events_and_their_reports_along(core: Core) -> None:
    core.put("feeds", "articles", articles(400, "feeds", untitled=7))
    core.set_aside(core.broken("text_or_title_is_there"))
    assert core.heights() == [799, 799, 799]


def test_all_versions_of_a_thing_go_together(tmp_path: Path) -> None:
    core, of = Core(tmp_path), "us_cdc_county_overdose"
    known = [datetime(2023, 1, 1), datetime(2023, 2, 1)]
    county = [{"source": of, "fips": f"{i:05}", "deaths": 20, "known_from": at} for i in range(20) for at in known]
    county[0]["deaths"] = 5
    rows = pl.DataFrame(county).with_columns(period_end=date(2022, 12, 31))
    core.put(of, "county_overdoses", rows.filter(known_from=known[0]), closed=True)
    core.put(of, "county_overdoses", rows.filter(known_from=known[1]))
    values = rows.filter(deaths=5).select("source", "fips", "period_end", "known_from").cast({"known_from": pl.Datetime("us")})
    broken = BrokenRule("core.county_overdoses", "no_counts_below_ten", "Never published.", values)
    assert core.set_aside([broken], ("county_overdoses",)) == {}
    assert core.rows("county_overdoses").height == 38
    assert core.listing["reason"].to_list() == ["Never published.", "another version of it was quarantined: Never published."]


def test_every_check_of_rows_names_columns_of_a_table_that_it_returns() -> None:
    own = {name for name in declared() if name.startswith("core.")}
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        for name in own:
            columns = ", ".join(f'"{c.name}" {c.type}' for c in table(name).columns)
            con.execute(f"CREATE TABLE {name} ({columns})")
        rules = [e for e in (*from_checks(), *(e for n in own for e in expectations_of(n, own))) if e.is_of_rows]
        assert len(rules) > 100
        found = aside.offences(con, rules)
    assert all(set(o.values.columns) == set(e.rows) and o.values.is_empty() for o, e in zip(found, rules, strict=True))
