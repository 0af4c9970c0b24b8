"""Days and months of dyads of which only some rows are put in place of others: the same rows, the same verdicts, as all anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.publish import audit, dyads_in_place, in_parts
from pipelines.publish.carried import DAYS, MONTHS, PAIR, of_renewed, tables_read
from pipelines.publish.dyads_in_place import RenewedDyads
from pipelines.publish.expectations import Expectation, from_checks
from pipelines.publish.scripts import Script, scripts, scripts_in_order
from tests.depth import examples
from tests.sql.conftest import Warehouse, with_actors

FIRST = date(2023, 1, 1)
N_DAYS = 120
MACRO = next(script.text for script in scripts("macros") if script.name == "dyad_days")


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def needed() -> list[Script]:
    """The marts that the days and months of dyads are made of, and all macros that read no others."""
    marts = {script.name: script for script in scripts("marts")}
    wanted, found = {"dyad_month"}, set[str]()
    while wanted:
        name = wanted.pop()
        found.add(name)
        wanted |= {need.removeprefix("marts.") for need in marts[name].needs if need.startswith("marts.")} - found
    made = {f"marts.{name}" for name in found}
    macros = {s for s in scripts("macros") if s.is_of_tables_alone and {n for n in s.needs if n.startswith("marts.")} <= made}
    return [s for s in scripts_in_order() if s in macros or (s.name in found and s in scripts("marts"))]


class TwoFiles:
    """A warehouse as it was, attached as ``earlier``, and as it is now: all made anew but the days and months of dyads."""

    def __init__(self, w: Warehouse) -> None:
        self.w = w
        w.con.execute("ATTACH ':memory:' AS earlier")

    def note(self) -> None:
        """Make all, and keep it as ``earlier``."""
        con = self.w.con
        self.make()
        for schema in ("core", "marts"):
            con.execute(f"DROP SCHEMA IF EXISTS earlier.{schema} CASCADE; CREATE SCHEMA earlier.{schema}")
        names = """SELECT schema_name || '.' || table_name FROM duckdb_tables()
                   WHERE database_name = 'memory' AND schema_name <> 'meta'"""
        for (name,) in con.execute(names).fetchall():
            con.execute(f"CREATE TABLE earlier.{name} AS FROM {name}")
        con.execute("USE earlier")
        for script in needed():
            if script in scripts("macros"):
                con.execute(script.text)
        con.execute("USE memory")

    def make(self) -> None:
        con = self.w.con
        con.execute("DROP SCHEMA IF EXISTS marts CASCADE; CREATE SCHEMA marts")
        for script in needed():
            con.execute(script.text)

    def renew(self) -> RenewedDyads | None:
        """Make all anew, then the days and months of dyads once more, in those of the file before."""
        con = self.w.con
        self.make()
        for name in ("dyad_day", "dyad_month"):
            con.execute(f"ALTER TABLE marts.{name} RENAME TO {name}_anew; CREATE TABLE marts.{name} AS FROM earlier.marts.{name}")
        renewed = dyads_in_place.renew_days(con, MACRO)
        if renewed is not None:
            dyads_in_place.renew_months(con)
        return renewed

    def differing(self) -> list[tuple[Any, ...]]:
        """Rows of days and months that are not those that are made anew."""
        return [
            row
            for name in ("dyad_day", "dyad_month")
            for one, other in ((name, f"{name}_anew"), (f"{name}_anew", name))
            for row in self.w.ask(f"FROM marts.{one} EXCEPT ALL FROM marts.{other}")
        ]


@pytest.fixture
def files() -> Iterator[TwoFiles]:
    """Five states, a list of two of them, news of all days."""
    found = two_files()
    yield found
    found.w.con.close()


def two_files() -> TwoFiles:
    w = with_actors()
    w.states("IRN", "AUS")
    w.put("core.actors", {"actor_id": "CHN.MFA", "kind": "body", "name": "MFA", "country_id": "CHN"})
    w.put(
        "core.sanction_lists",
        {"covered_from": day(0), "covered_until": day(N_DAYS)},
        {"list_id": "cn_list", "authority_id": "CHN.MFA", "covered_from": day(5), "covered_until": day(N_DAYS - 3)},
    )
    for number, country in enumerate(("CHN", "CHN", "RUS", "IRN")):
        listing(w, f"us_list:{number}", country, 10 * number)
    listing(w, "cn_list:1", "USA", 20, list_id="cn_list")
    for number in range(N_DAYS):
        covered_news(w, number)
    event(w, "first", "AUS", "CHN", 2)
    return TwoFiles(w)


def listing(w: Warehouse, listing_id: str, country: str, since: int, list_id: str = "us_list") -> None:
    begun = {"listing_id": listing_id, "known_from": day(since)}
    w.put(
        "core.sanction_listings",
        begun | {"list_id": list_id, "actor_id": listing_id, "name": listing_id, "valid_from": day(since)},
    )
    if country:
        w.put("core.sanction_countries", begun | {"country_id": country})
    w.put(
        "core.sanction_events",
        {"event_id": f"{listing_id}+", "listing_id": listing_id, "list_id": list_id, "kind": "added", "event_date": day(since)}
        | {"known_at": day(since)},
    )


def event(w: Warehouse, event_id: str, source: str, target: str, number: int) -> None:
    countries = {"source_country_id": source, "target_country_id": target}
    w.put("core.events", {"event_id": event_id, "event_date": day(number)} | countries)


def covered_news(w: Warehouse, number: int, share: float = 1.0) -> None:
    w.put("core.news_coverage", {"date": day(number), "coverage_share": share, "known_from": day(number)})


CHANGES = st.one_of(
    st.tuples(st.just("event"), st.sampled_from(["AUS CHN", "USA IRN", "RUS AUS"]), st.integers(0, N_DAYS + 5)),
    st.tuples(st.just("counted"), st.sampled_from(["AUS CHN", "IRN RUS"]), st.integers(0, N_DAYS + 5)),
    st.tuples(st.just("listing"), st.sampled_from(["CHN", "IRN", "AUS", ""]), st.integers(0, N_DAYS)),
    st.tuples(st.just("ended"), st.sampled_from(["us_list:0", "us_list:2", "cn_list:1"]), st.integers(40, N_DAYS)),
    st.tuples(st.just("covered"), st.sampled_from(["us_list", "cn_list"]), st.integers(60, N_DAYS + 9)),
    st.tuples(st.just("news"), st.just(""), st.integers(0, N_DAYS + 9)),
    st.tuples(st.just("act"), st.sampled_from(["CHN", "AUS"]), st.integers(0, N_DAYS)),
    st.tuples(st.just("list"), st.sampled_from(["CHN", "USA"]), st.integers(0, N_DAYS - 10)),
)


def change(w: Warehouse, number: int, kind: str, what: str, at: int) -> None:
    if kind == "event":
        source, target = what.split()
        event(w, f"e{number}", source, target, at)
    elif kind == "counted":
        source, target = what.split()
        w.put("core.event_days", {"event_date": day(at), "source_country_id": source, "target_country_id": target})
    elif kind == "listing":
        listing(w, f"us_list:9{number}", what, at)
    elif kind == "ended":
        w.con.execute(
            "UPDATE core.sanction_listings SET valid_to = ?, valid_to_basis = 'snapshot_diff' WHERE listing_id = ?",
            [day(at), what],
        )
    elif kind == "covered":
        w.con.execute("UPDATE core.list_coverage SET covered_to = ? WHERE list_id = ?", [day(at), what])
    elif kind == "news":
        w.con.execute("DELETE FROM core.news_coverage WHERE date = ?", [day(at)])
        covered_news(w, at, 0.5)
    elif kind == "act":
        w.put("core.official_acts", {"act_id": f"a{number}", "date": day(at), "known_from": day(at)})
        w.put("core.official_act_states", {"act_id": f"a{number}", "state_id": what})
    else:
        own = {"list_id": f"l{number}", "authority_id": "CHN.MFA" if what == "CHN" else "USA.BIS"}
        w.put("core.sanction_lists", own | {"covered_from": day(at), "covered_until": day(at + 9)})


@examples(60, 3)
@given(changes=st.lists(CHANGES, min_size=1, max_size=4), most=st.sampled_from([1, in_parts.MOST]))
def test_after_any_changes_the_days_and_months_are_those_that_are_made_anew(
    changes: list[tuple[str, str, int]], most: int
) -> None:
    files = two_files()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_parts, "conditions_of", partial(in_parts.conditions_of, most=most))
        patch.setattr(dyads_in_place, "MOST_RENEWED", 1.0)
        patch.setattr(dyads_in_place, "MOST_RUNS", 10_000)
        files.note()
        for number, (kind, what, at) in enumerate(changes):
            change(files.w, number, kind, what, at)
        assert files.renew() is not None
        assert files.differing() == []
    files.w.con.close()


def test_what_one_event_changes_is_its_day_alone(files: TwoFiles) -> None:
    files.note()
    event(files.w, "new", "AUS", "CHN", 50)
    files.make()
    assert dyads_in_place.what_changed(files.w.con, MACRO) == (
        f"(date > DATE '{day(N_DAYS)}') OR (source_id = 'AUS' AND date IN (DATE '{day(50)}'))"
    )
    assert files.renew() == RenewedDyads(frozenset({("AUS", "CHN")}), frozenset({date(2023, 2, 28)}))
    assert files.differing() == []


def test_rows_that_did_not_change_stay_where_they_lie(files: TwoFiles) -> None:
    files.note()
    event(files.w, "new", "AUS", "CHN", 50)
    files.renew()
    moved = files.w.ask(
        """SELECT DISTINCT n.source_id, n.date FROM marts.dyad_day AS n
           JOIN earlier.marts.dyad_day AS b ON b.source_id = n.source_id AND b.target_id = n.target_id AND b.date = n.date
           WHERE n.rowid <> b.rowid AND n.date < DATE '2023-02-19'"""
    )
    assert moved == []


def test_what_is_scattered_or_changed_for_the_most_part_is_made_anew(files: TwoFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    files.note()
    event(files.w, "new", "AUS", "CHN", 50)
    monkeypatch.setattr(dyads_in_place, "MOST_RENEWED", 0.0)
    assert files.renew() is None
    monkeypatch.undo()
    monkeypatch.setattr(dyads_in_place, "MOST_RUNS", 0)
    assert files.renew() is None


def test_the_days_are_joined_of_nothing_but_what_is_compared() -> None:
    last = MACRO[MACRO.rindex("\n)\n") :]
    joined = set(re.findall(r"\b(?:FROM|JOIN) (\w+) AS", last))
    compared = set(re.findall(r"\bFROM (\w+) AS", dyads_in_place.INPUTS.read_text(encoding="utf-8")))
    # the calendar is the spans laid out, with whether both are states; counted is what is told, summed
    assert joined - {"calendar", "counted"} | {"spans", "organisations", "told"} == compared
    assert re.search(r"^counted AS \([^;]*?FROM (\w+) AS e\s+GROUP BY", MACRO, re.MULTILINE)[1] == "told"  # type: ignore[index]


APART = [e for e in from_checks() if set(e.apart_by) >= PAIR and e.table in (DAYS, MONTHS)]
AUS = "source_id = 'AUS' AND target_id = 'CHN'"
USA = "source_id = 'USA' AND target_id = 'CHN'"


def spoiled(month: str) -> dict[str, str]:
    """Faults in days and months of two pairs, in a month (YYYY-MM) of 30 days of which the 20th changed."""
    end, at = f"{month}-28" if month == "2023-02" else f"{month}-30", f"{month}-20"
    return {
        "a day is missing": f"DELETE FROM marts.dyad_day WHERE {AUS} AND date = '{month}-11'",
        "the first day of the month is missing": f"DELETE FROM marts.dyad_day WHERE {AUS} AND date = '{month}-01'",
        "a day stands twice": f"INSERT INTO marts.dyad_day FROM marts.dyad_day WHERE {AUS} AND date = '{at}'",
        "a month stands twice": f"INSERT INTO marts.dyad_month FROM marts.dyad_month WHERE {AUS} AND period_end = '{end}'",
        "a month is missing": f"DELETE FROM marts.dyad_month WHERE {AUS} AND period_end = '{end}'",
        "an event too many": f"UPDATE marts.dyad_day SET n_events = 9 WHERE {AUS} AND date = '{at}'",
        "less than none": f"UPDATE marts.dyad_month SET n_events = -1 WHERE {AUS} AND period_end = '{end}'",
        "a listing too many": f"UPDATE marts.dyad_day SET n_listings_in_force = 7 WHERE {USA} AND date = '{at}'",
        "a listing too many since the first": f"""UPDATE marts.dyad_day SET n_listings_in_force = n_listings_in_force + 1
                                                  WHERE {USA} AND date >= '{month}-01'""",
        "a share above 1": f"UPDATE marts.dyad_day SET coverage_share = 2 WHERE {USA} AND date = '{at}'",
    }


@pytest.mark.parametrize(("at", "month", "is_long_ago"), [(50, "2023-02", True), (109, "2023-04", False)])
@pytest.mark.parametrize("most_named", [100, 0])
def test_of_the_renewed_pairs_alone_the_verdicts_are_those_of_all(
    files: TwoFiles, monkeypatch: pytest.MonkeyPatch, at: int, month: str, is_long_ago: bool, most_named: int
) -> None:
    files.note()
    event(files.w, "new", "AUS", "CHN", at)
    listing(files.w, "us_list:new", "CHN", at)
    renewed = files.renew()
    assert renewed is not None
    assert ("AUS", "CHN") in (renewed.pairs if is_long_ago else renewed.grown)
    assert ("USA", "CHN") in (renewed.pairs if is_long_ago else renewed.grown)
    monkeypatch.setattr(dyads_in_place, "MOST_NAMED", most_named)
    con = files.w.con

    def failing(asked: list[Expectation]) -> set[str]:
        return {f"{e.table} {e.name}" for e in asked if con.execute(audit.counting(e)).fetchall()[0][1]}

    assert failing(APART) == failing([of_renewed(e, renewed) for e in APART]) == set()
    for what, spoil in spoiled(month).items():
        con.execute("BEGIN")
        con.execute(spoil)
        found = failing(APART)
        assert found, what
        assert failing([of_renewed(e, renewed) for e in APART]) == found, what
        con.execute("ROLLBACK")


def test_a_newer_edition_changes_no_rows_but_in_what_names_it(files: TwoFiles) -> None:
    """A list that is held some days longer: rows are made of its new days alone, and all name the edition."""
    files.note()
    files.w.con.execute("UPDATE core.list_coverage SET covered_to = ? WHERE list_id = 'us_list'", [day(N_DAYS + 7)])
    files.make()
    changed = dyads_in_place.what_changed(files.w.con, MACRO)
    assert changed == f"(date > DATE '{day(N_DAYS)}')"
    assert files.w.ask("SELECT source_id, vintage_date FROM vintages") == [("USA", day(N_DAYS + 6))]
    renewed = files.renew()
    assert renewed is not None
    assert renewed.pairs == set()
    assert renewed.since == date(2023, 4, 1)
    assert files.differing() == []
    edition = "SELECT DISTINCT lists_vintage_date, lists_vintage_age_days FROM marts.{} WHERE source_id = 'USA' AND {}"
    assert files.w.ask(edition.format("dyad_day", "date = '2023-02-20'")) == [(day(N_DAYS + 6), 0)]
    assert files.w.ask(edition.format("dyad_month", "period_end = '2023-02-28'")) == [(day(N_DAYS + 6), 0)]


def test_a_pair_whose_calendar_had_ended_is_asked_as_a_whole(files: TwoFiles) -> None:
    files.note()
    files.w.con.execute(f"DELETE FROM earlier.marts.dyad_day WHERE {AUS} AND date >= '2023-03-20'")
    event(files.w, "new", "AUS", "CHN", 109)
    renewed = files.renew()
    assert renewed is not None
    assert ("AUS", "CHN") in renewed.pairs


def test_what_falls_apart_by_pairs_reads_dyads_and_listings_alone() -> None:
    assert len(APART) == 9
    for e in APART:
        assert (tables_read(e) or {"more"}) <= {"marts.dyad_day", "marts.dyad_month", "marts.listing_dyads"}, e.name
        # of a listing it is compared from when to when it is certain
        read = re.findall(r"SELECT ([^()]+?) FROM marts\.listing_dyads", e.query or "")
        assert (e.query or "").count("marts.listing_dyads") == len(read), e.name
        words = {word for text in read for word in re.findall(r"[a-z_]+", re.sub(r"AS \w+", "", text))}
        assert words <= {"source_id", "target_id", "certain_from", "certain_to"}, e.name


def test_the_days_of_now_are_those_of_the_script() -> None:
    script = next(script for script in scripts("marts") if script.name == "dyad_day")
    assert dyads_in_place.days_now() in script.text
    assert dyads_in_place.days_now().startswith("WITH events_now AS NOT MATERIALIZED (")
