"""What is expected, asked as plain SQL and of Great Expectations: what passes, fails or cannot run; and the page of results."""

import json
import signal
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lxml import html

from pipelines.checks import audit, gx
from pipelines.checks.audit import validate
from pipelines.checks.data_docs import MOST_TEXT, page, write_page
from pipelines.checks.expectations import Expectation
from pipelines.checks.validations import Validate, Validation, why_blocked

WAYS = pytest.mark.parametrize("ask", [audit.validate, gx.validate], ids=["sql", "great-expectations"])


def made(folder: Path, *statements: str) -> Path:
    """A database with a schema core and what the statements make."""
    with duckdb.connect(str(folder / "build.duckdb")) as con:
        for statement in ("CREATE SCHEMA core", *statements):
            con.execute(statement)
    return folder / "build.duckdb"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three rows, one of them good; and one alone."""
    return made(
        tmp_path_factory.mktemp("audit"),
        "CREATE TABLE core.actors AS SELECT 'USA' AS actor_id",
        "CREATE TABLE core.one AS SELECT 1 AS id",
        "CREATE TABLE core.t (id VARCHAR, kind VARCHAR, a INTEGER, b INTEGER, actor_id VARCHAR)",
        "INSERT INTO core.t VALUES ('x', 'added', 1, 2, 'USA'), ('y', 'odd', 3, 2, 'CHN'), ('y', NULL, NULL, 2, NULL)",
        "CREATE TABLE core.keys AS SELECT i AS id, NULL AS never, i // 2 AS half FROM range(9) AS r(i)",
    )


def query(name: str, text: str, table: str = "core.t") -> Expectation:
    return Expectation(table, name, "critical", name, text)


def where(name: str, condition: str, table: str = "core.t") -> Expectation:
    return replace(query(name, f"SELECT * FROM {table} WHERE {condition}", table), where=condition)


IDS_ARE_THERE = where("id", "id IS NULL", "core.one")
SUITE = [
    Expectation("core.t", "unique", "critical", "id is the key", columns=("id",)),
    Expectation("core.t", "both", "critical", "(id, b) is the key", columns=("id", "b")),
    where("never_null", "b IS NULL"),
    replace(where("vocabulary", "NOT kind IN ('added')"), severity="warning", columns=("kind",), words=("added",)),
    where("ordered", "NOT (a < b)"),
    where("braces", "NOT regexp_full_match(id, '[a-z]{1}')"),
    query("reference", "SELECT t.* FROM core.t t WHERE actor_id NOT IN (FROM core.actors)"),
    query("broken", "SELECT * FROM core.absent"),
]


@WAYS
def test_what_does_not_hold_fails_with_its_rows_and_a_warning_never_blocks(database: Path, ask: Validate) -> None:
    outcomes = {v.expectation: v for v in ask(database, SUITE, {})}
    assert {n for n, v in outcomes.items() if v.status == "passed"} == {"never_null", "braces"}
    assert json.loads(outcomes["unique"].observed or "") == {"element_count": 3, "unexpected_count": 2}
    assert {outcomes[n].n_unexpected for n in ("vocabulary", "ordered")} == {1}
    assert {n: (outcomes[n].status, outcomes[n].blocks) for n in ("unique", "vocabulary", "broken")} == {
        "unique": ("failed", True), "vocabulary": ("failed", False), "broken": ("error", True),
    }  # fmt: skip
    assert "absent" in (outcomes["broken"].observed or "")
    if ask is validate:
        found = {n: json.loads(v.offending_rows) for n, v in outcomes.items() if v.offending_rows is not None}
        assert (found["unique"], found["both"], found["vocabulary"]) == (["y", "y"], [{"id": "y", "b": 2}] * 2, ["odd"])
        assert found["ordered"] == [{"id": "y", "kind": "odd", "a": 3, "b": 2, "actor_id": "CHN"}]
        assert found["reference"][0]["actor_id"] == "CHN"


def test_a_key_with_a_part_missing_equals_no_other_and_a_broken_condition_fails_alone(database: Path) -> None:
    keys = (("id",), ("never",), ("half",), ("half", "id"))
    found = validate(database, [Expectation("core.keys", " ".join(key), "critical", "a key", columns=key) for key in keys])
    assert [v.n_unexpected for v in found] == [0, 0, 8, 0]
    found = validate(database, [IDS_ARE_THERE, where("fails", "error('no')", "core.one"), replace(IDS_ARE_THERE, name="again")])
    assert [v.status for v in found] == ["passed", "error", "passed"]
    assert [p.name for p in database.parent.iterdir()] == ["build.duckdb"]


@WAYS
def test_checks_keep_within_their_memory_or_say_so_and_fail_alone(database: Path, ask: Validate) -> None:
    # what an aggregate collects into one value cannot be put on the disk
    heavy = "SELECT list_sort(list(range || repeat('x', 1000))) AS found FROM range(100000) HAVING len(list_distinct(found)) < 5"
    light, wrong = query("light", "SELECT * FROM core.one WHERE id > 1"), query("wrong", "FROM core.one")
    found = ask(database, [query("heavy", heavy), light, wrong], {"memory_limit": "50MB", "threads": 1})
    assert [v.status for v in found] == ["error", "passed", "failed"]
    reason = why_blocked(found)
    assert reason.startswith("blocking checks failed: core.t wrong; blocking checks could not be run: core.t heavy (")
    assert [words for words in ("Out of Memory", "BILATERAL_MEMORY_LIMIT") if words not in reason] == []
    assert why_blocked(found[1:2]) == ""
    absent = Expectation("core.absent", "id", "critical", "id is the key", columns=("id",))
    found = ask(database, [absent, IDS_ARE_THERE], {})
    assert ([v.status for v in found], "core.absent id" in why_blocked(found)) == (["error", "passed"], True)


def test_a_query_that_a_signal_has_ended_says_nothing_of_the_data(database: Path) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises((KeyboardInterrupt, RuntimeError)):
            validate(database, [query("long", "FROM range(1_500_000_000) AS r(i) WHERE i < 0")])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# the page of results: everything that was served is text on it, and nothing on it runs --------------------------------------

HOSTILE = "<img src=x onerror=alert(1)></pre></style><script>alert(2)</script>\"'&"
FAILED = Validation("core.t", "key", "critical", "failed", "id is the key", None, None, None, datetime(2026, 1, 2, 3, 4))
PASSED = replace(FAILED, status="passed")


def shown(*outcomes: Validation) -> Any:
    return html.document_fromstring(page([*outcomes]))


def test_nothing_that_a_table_holds_becomes_markup_no_style_but_the_own_is_allowed_and_values_are_cut(tmp_path: Path) -> None:
    rows = json.dumps([{HOSTILE: HOSTILE}, HOSTILE])
    tree = shown(replace(FAILED, description=HOSTILE, observed=json.dumps(HOSTILE), offending_rows=rows, n_unexpected=2))
    assert tree.xpath("//img | //script | //@onerror") == []
    assert [p.text_content() for p in tree.xpath("//pre")] == [HOSTILE, f"{HOSTILE}: {HOSTILE}", HOSTILE]
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert all(a.startswith("#") for a in tree.xpath("//@href | //@src"))
    text = page([replace(FAILED, observed=json.dumps("x" * 10_000))])
    assert ("x" * MOST_TEXT + " ... (10,000 characters)" in text, "x" * (MOST_TEXT + 1) in text) == (True, False)
    write_page(tmp_path, [replace(FAILED, observed='"\\ud800"')])
    assert "?" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_failures_come_first_then_warnings_and_one_that_could_not_be_asked_is_an_error() -> None:
    failed = replace(FAILED, expectation="z", observed="2", n_unexpected=2, offending_rows='[{"id": "y", "note": null}]')
    warned = replace(FAILED, expectation="a", severity="warning")
    tree = shown(PASSED, warned, failed)
    rows = tree.xpath("//table[@class='checks']/tbody/tr")
    assert [next(td.text_content() for td in row) for row in rows] == ["failed", "warning", "passed"]
    assert rows[0].xpath(".//pre/text()") == ["2", "id: y"]
    assert tree.xpath("//table[@class='overview']/tbody/tr/td[2]")[0].text_content() == "1 failed, 1 warning"
    assert "1 failed. A warning keeps" in shown(PASSED, failed).text_content()
    only = shown(warned).text_content()
    assert "1 warning. A warning keeps nothing from being published." in only
    assert "failed" not in only.split("Outcome")[1]
    assert shown(replace(warned, status="error")).xpath("//td[@class='error']/text()") == ["error"]
