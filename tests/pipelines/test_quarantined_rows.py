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


def reports(n: int, source: str) -> pl.DataFrame:
    return rows_of(n, lambda i: {"event_id": f"{source}:{i}", "report_id": f"r{i}", "article_id": f"{source}{i}"})


class Core:
    """A core store, and a manifest in which rows are put."""

    def __init__(self, folder: Path) -> None:
        self.store, self.manifest = CoreStore(folder), Manifest("news", "v1")
        self.store.parts("news").mkdir(parents=True)

    def put(self, source: str, name: str, frame: pl.DataFrame, *, closed: bool = False) -> None:
        state = self.manifest.sources.setdefault(source, SourceState())
        entry = state.tables.setdefault(name, {"open": None, "closed": []})
        file = f"{source}.{name}.{len(list(state.files()))}.parquet"
        table(f"core.{name}").conform(frame).write_parquet(self.store.parts("news") / file)
        if closed:
            entry["closed"].append(file)
        else:
            entry["open"] = file

    def broken(self, *names: str) -> list[BrokenRule]:
        """Ask the declared rules and checks of these names which rows break them."""
        own = [f"core.{n}" for n in NEWS]
        with duckdb.connect() as con:
            con.execute("CREATE SCHEMA core")
            for name in NEWS:
                con.register("_rows", self.rows(name).to_arrow())
                con.execute(f"CREATE TABLE core.{name} AS FROM _rows")
            rules = [e for n in own for e in expectations_of(n, own) if e.name in names]
            return aside.offences(con, rules)

    def set_aside(self, broken: list[BrokenRule], **guards: RowGuard) -> dict[str, str]:
        self.manifest, doubted = aside.set_aside(self.store, self.manifest, broken, guards, NEWS)
        return doubted

    def rows(self, name: str) -> pl.DataFrame:
        files = self.store.files(self.manifest, name)
        return pl.read_parquet(files) if files else table(f"core.{name}").empty()

    def listing(self) -> list[tuple[str, str, str]]:
        return aside.rows_of(self.store, self.manifest).select("source", "table_name", "rule").rows()


@pytest.fixture
def core(tmp_path: Path) -> Core:
    found = Core(tmp_path)
    for source, bad in (("articles", 1), ("feeds", 0)):
        found.put(source, "articles", articles(400, source))
        found.put(source, "events", events(400, source, bad=bad))
        found.put(source, "event_reports", reports(400, source))
    return found


def test_one_bad_row_among_many_goes_with_what_refers_to_it_and_all_others_stay(core: Core) -> None:
    assert core.set_aside(core.broken("dated_not_after_known")) == {}
    assert [core.rows(n).height for n in ("events", "event_reports", "articles")] == [799, 799, 800]
    assert core.rows("events").filter(event_id="articles:0").is_empty()
    assert core.listing() == [
        ("articles", "core.event_reports", "event_id_exists_in_events"),
        ("articles", "core.events", "dated_not_after_known"),
    ]
    found = aside.rows_of(core.store, core.manifest).filter(table_name="core.events").row(0, named=True)
    assert json.loads(found["key"]) == {"event_id": "articles:0"}
    assert (found["snapshot_id"], found["row"]) == ("s1", 1)
    assert "not known before it happened" in found["reason"]


def test_the_files_of_the_fold_stay_whole_and_nothing_is_lost_when_the_rule_is_fixed(core: Core) -> None:
    core.set_aside(core.broken("dated_not_after_known"))
    assert core.manifest.edition != core.manifest.version
    core.store.promote(core.manifest)
    again = core.store.current("news")
    assert pl.read_parquet(core.store.files(again, "events")).height == 799
    healed = replace(again, set_aside=None, kept={})
    assert pl.read_parquet(core.store.files(healed, "events")).height == 800
    core.store.promote(healed)
    assert not list(core.store.parts("news").glob("*without*"))


def test_too_many_bad_rows_are_the_fault_of_their_source_alone_by_the_share_that_it_declares(core: Core) -> None:
    core.put("articles", "events", events(400, "articles", bad=6))
    before = core.manifest
    rule = core.broken("dated_not_after_known")
    doubted = core.set_aside(rule)
    assert list(doubted) == ["articles"]
    assert "6 of its 400 rows of core.events break dated_not_after_known" in doubted["articles"]
    assert core.manifest is before
    assert core.set_aside(rule, articles=RowGuard(max_set_aside_share=0.02)) == {}
    assert core.rows("events").height == 794


def test_what_was_set_aside_before_counts_too(core: Core) -> None:
    core.put("articles", "events", events(400, "articles", bad=4))
    rule = core.broken("dated_not_after_known")
    assert core.set_aside(rule) == {}
    more = replace(rule[0], values=pl.DataFrame({"event_id": ["articles:100", "articles:101"]}))
    assert list(core.set_aside([more])) == ["articles"]


def test_a_handful_is_no_reason_to_doubt_a_source_but_half_of_its_rows_are(tmp_path: Path) -> None:
    core = Core(tmp_path)
    core.put("articles", "articles", articles(4, "articles"))
    core.put("articles", "events", events(4, "articles", bad=3))
    assert list(core.set_aside(core.broken("dated_not_after_known"))) == ["articles"]
    core.put("articles", "events", events(4, "articles", bad=2))
    assert core.set_aside(core.broken("dated_not_after_known")) == {}


def test_an_article_takes_its_events_and_their_reports_along(core: Core) -> None:
    core.put("feeds", "articles", articles(400, "feeds", untitled=7))
    core.set_aside(core.broken("text_or_title_is_there"))
    assert [core.rows(n).height for n in ("articles", "events", "event_reports")] == [799, 799, 799]


def test_all_versions_of_a_thing_go_together(tmp_path: Path) -> None:
    core = Core(tmp_path)
    known = [datetime(2023, 1, 1), datetime(2023, 2, 1)]
    of = "us_cdc_county_overdose"
    county = [{"source": of, "fips": f"{i:05}", "deaths": 20, "known_from": at} for i in range(20) for at in known]
    county[0]["deaths"] = 5
    rows = pl.DataFrame(county).with_columns(period_end=date(2022, 12, 31))
    core.put(of, "county_overdoses", rows.filter(known_from=known[0]), closed=True)
    core.put(of, "county_overdoses", rows.filter(known_from=known[1]))
    values = rows.filter(deaths=5).select("source", "fips", "period_end", "known_from").cast({"known_from": pl.Datetime("us")})
    broken = BrokenRule("core.county_overdoses", "no_counts_below_ten", "Never published.", values)
    core.manifest, doubted = aside.set_aside(core.store, core.manifest, [broken], {}, ("county_overdoses",))
    assert doubted == {}
    assert core.rows("county_overdoses").height == 38
    reasons = aside.rows_of(core.store, core.manifest)["reason"].to_list()
    assert reasons == ["Never published.", "another version of it was quarantined: Never published."]


def test_the_outcome_of_a_rule_says_how_many_rows_were_set_aside(core: Core) -> None:
    core.set_aside(core.broken("dated_not_after_known"))
    listing = aside.rows_of(core.store, core.manifest)
    outcome = Validation("core.events", "dated_not_after_known", "critical", "passed", "d", None, 0, None, MOMENT)
    other = replace(outcome, expectation="day_is_one_day")
    marked = aside.with_counts([outcome, other], listing)
    assert [v.n_set_aside for v in marked] == [1, None]
    assert "articles:0" in (marked[0].offending_rows or "")
    said = "articles: 1 row of core.events quarantined by dated_not_after_known"
    assert any(line.startswith(said) for line in aside.lines(listing))


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
