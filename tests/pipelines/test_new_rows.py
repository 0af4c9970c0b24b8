"""Rules of tables that only grew are asked of their new rows: with the verdict of asking all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from assets.schema import declared
from pipelines.publish.audit import Validation, validate
from pipelines.publish.expectations import Expectation, from_checks, from_declaration, rows_query
from pipelines.publish.new_rows import NewRows, ask, of_new_rows

NOW = datetime(2026, 1, 8)
OLD = 2
NEW = NewRows(
    {"core.event_reports": f"(SELECT * FROM core.event_reports WHERE rowid >= {OLD})"}, {"core.events"}, {"core.event_reports": 4}
)
SUITE = from_declaration(declared()["core.event_reports"], ["core.event_reports", "core.events"])


def file(tmp_path: Path, *rows: tuple[str, str, float | None]) -> Path:
    path = tmp_path / "build.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE SCHEMA core")
        con.execute("CREATE TABLE core.events AS SELECT unnest(['e1', 'e2', 'e3']) AS event_id")
        con.execute("CREATE TABLE core.articles (article_id VARCHAR)")
        columns = ", ".join(f"{c.name} {c.type}" for c in declared()["core.event_reports"].columns)
        con.execute(f"CREATE TABLE core.event_reports ({columns})")
        for event, report, confidence in rows:
            row = "SELECT ? AS event_id, ? AS report_id, ? AS confidence, now() AS known_from"
            con.execute(f"INSERT INTO core.event_reports BY NAME {row}", [event, report, confidence])
    return path


def passed(e: Expectation, at: datetime = NOW - timedelta(days=1)) -> Validation:
    return Validation(e.table, e.name, e.severity, "passed", e.description, '{"element_count": 2}', 0, None, at)


BROKEN = {
    "a key that is new twice": (("e3", "x", None), ("e3", "x", None)),
    "a key that was there": (("e1", "a", None), ("e3", "y", None)),
    "an event that is not there": (("e4", "x", None), ("e3", "y", None)),
    "a value out of range": (("e3", "x", 2.0), ("e3", "y", None)),
    "nothing": (("e3", "x", 0.5), ("e3", "y", None)),
}


@pytest.mark.parametrize("rows", BROKEN.values(), ids=BROKEN)
def test_the_results_are_those_of_all_rows_and_what_fails_is_left_to_be_asked_of_all(
    tmp_path: Path, rows: Sequence[tuple[str, str, float | None]]
) -> None:
    path = file(tmp_path, ("e1", "a", None), ("e2", "b", 0.5), *rows)
    suite = [e for e in SUITE if of_new_rows(e, NEW) is not None]
    found = ask(suite, [passed(e) for e in suite], NEW, NOW, lambda few: validate(path, few))
    expected = {v.expectation for v in validate(path, suite) if v.status == "passed"}
    assert {v.expectation for v in found} == expected
    assert len(suite) > 4
    assert all(json.loads(v.observed or "") == {"element_count": 4} for v in found)


def test_a_result_that_is_a_week_old_or_was_none_that_passed_is_not_taken_over(tmp_path: Path) -> None:
    path = file(tmp_path)
    old = [passed(e, NOW - timedelta(days=7)) for e in SUITE]
    assert ask(SUITE, old, NEW, NOW, lambda few: validate(path, few)) == []
    assert ask(SUITE, [], NEW, NOW, lambda few: validate(path, few)) == []


def rule(query: str, rows: tuple[str, ...] = ("event_id",)) -> Expectation:
    return rows_query("core.event_reports", "rule", query, "critical", "why", "domain", rows)


def test_a_rule_is_asked_of_new_rows_only_where_it_is_one_of_single_rows_and_reads_nothing_else_that_changed() -> None:
    assert of_new_rows(rule("SELECT * FROM core.event_reports AS r JOIN core.events AS e USING (event_id)"), NEW) is not None
    assert of_new_rows(rule("SELECT * FROM core.event_reports AS r JOIN core.articles AS a USING (article_id)"), NEW) is None
    assert of_new_rows(rule("SELECT * FROM core.event_reports AS r, core.event_reports AS o"), NEW) is None
    assert of_new_rows(rule("SELECT * FROM core.event_reports WHERE known_from > now()"), NEW) is None
    assert of_new_rows(rule("SELECT event_id FROM core.event_reports GROUP BY ALL", ()), NEW) is None
    grown = NewRows(dict(NEW.of) | {"core.events": "(FROM x)"}, set(), {})
    by_name = {e.name: e for e in SUITE}
    # what is looked up in a table that only grew is there for ever; what is joined with it may change
    assert of_new_rows(by_name["event_id_exists_in_events"], grown) is not None
    joined = rule("SELECT * FROM core.event_reports AS r JOIN core.events AS e USING (event_id)")
    assert of_new_rows(joined, grown) is None
    # unless each row joins the one that it names, and named one before
    held = {("core.event_reports", "event_id_exists_in_events"), ("core.events", "key_is_unique")}
    assert of_new_rows(joined, grown, held) is not None
    assert all(of_new_rows(joined, grown, held - {one}) is None for one in held)
    for other in ("LEFT JOIN core.events AS e USING (event_id)", "JOIN core.events AS e USING (known_from)"):
        assert of_new_rows(rule(f"SELECT * FROM core.event_reports AS r {other}"), grown, held) is None
    twice = "JOIN core.events AS e USING (event_id) JOIN core.events AS o ON o.known_from = e.known_from"
    assert of_new_rows(rule(f"SELECT * FROM core.event_reports AS r {twice}"), grown, held) is None


@pytest.mark.parametrize(("known", "status"), [("2024-01-02", "passed"), ("2023-12-31", "failed")])
def test_a_rule_that_joins_what_a_reference_names_sees_what_is_wrong_with_a_new_row(
    tmp_path: Path, known: str, status: str
) -> None:
    path = tmp_path / "build.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE SCHEMA core")
        con.execute("CREATE TABLE core.events AS SELECT unnest(['e1', 'e2']) AS event_id, TIMESTAMP '2024-01-01' AS known_from")
        rows = f"VALUES ('e1', 'a', TIMESTAMP '2024-01-01'), ('e2', 'b', TIMESTAMP '{known}')"
        con.execute(f"CREATE TABLE core.event_reports AS FROM ({rows}) AS r(event_id, report_id, known_from)")
    e = next(e for e in from_checks() if (e.table, e.name) == ("core.event_reports", "known_not_before_event"))
    new = {name: f"(SELECT * FROM {name} WHERE rowid >= 1)" for name in ("core.events", "core.event_reports")}
    held = [passed(e)] + [passed(other) for other in SUITE if other.name == "event_id_exists_in_events"]
    held.append(passed(next(k for k in from_declaration(declared()["core.events"], []) if k.name == "key_is_unique")))
    asked: list[Expectation] = []

    def ask_few(few: Sequence[Expectation]) -> list[Validation]:
        asked.extend(few)
        return validate(path, few)

    found = ask([e], held, NewRows(new, set(), {"core.event_reports": 2}), NOW, ask_few)
    assert [v.status for v in validate(path, [e])] == [status]
    assert len(found) == (1 if status == "passed" else 0)
    assert "rowid >= 1" in (asked[0].query or "")
